import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readTextFile } from '../source/text-file.ts';

export const SYSTEM_SSH_CONFIG = '/etc/ssh/ssh_config';

/** Defaults of distributions, which contain no options for servers. The file of systemd only applies to virtual machines. */
const SYSTEMD_FILE = /-systemd-ssh-proxy\.conf$/;
const DISTRIBUTION_INCLUDE = /^[ \t]*Include \/etc\/(?:ssh\/ssh_config\.d|crypto-policies)\/.*$/gim;

/**
 * The first ssh configuration file that may set one of these options; `Include` counts as one, `Match` is ignored.
 * @param config `ssh.config` of `fleetmark.yaml`, with an absolute path
 * @param options in any case
 */
export async function sshConfigWith(
  config: boolean | string,
  home: string,
  options: readonly string[]
): Promise<string | null> {
  if (config !== true) return config === false ? null : config;
  const sets = new RegExp(`^[ \\t]*"?(?:include|${options.join('|')})\\b`, 'im');
  const more = await readdir(`${SYSTEM_SSH_CONFIG}.d`).catch(() => []);
  const included = more.filter((name) => !SYSTEMD_FILE.test(name)).map((name) => join(`${SYSTEM_SSH_CONFIG}.d`, name));
  for (const file of [join(home, '.ssh/config'), SYSTEM_SSH_CONFIG, ...included]) {
    const read = await readTextFile(file);
    if ('text' in read && sets.test(read.text.replace(DISTRIBUTION_INCLUDE, ''))) return file;
  }
  return null;
}

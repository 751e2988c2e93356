import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readTextFile } from '../source/text-file.ts';

export const SYSTEM_SSH_CONFIG = '/etc/ssh/ssh_config';

/** What distributions put there says nothing of servers. The file of systemd is for its own virtual machines. */
const FILE_OF_SYSTEMD = /-systemd-ssh-proxy\.conf$/;
const INCLUDE_OF_DISTRIBUTION = /^[ \t]*Include \/etc\/(?:ssh\/ssh_config\.d|crypto-policies)\/.*$/gim;

/**
 * The first file of ssh that may say one of these options, without following its `Include` or `Match`; null: none does.
 * @param config as `ssh.config` of `fleetmark.yaml`, with the path resolved
 * @param options in any case
 */
export async function sshConfigThatSays(
  config: boolean | string,
  home: string,
  options: readonly string[]
): Promise<string | null> {
  if (config !== true) return config === false ? null : config;
  const says = new RegExp(`^[ \\t]*"?(?:include|${options.join('|')})\\b`, 'im');
  const more = await readdir(`${SYSTEM_SSH_CONFIG}.d`).catch(() => []);
  const ofSystem = more
    .filter((name) => !FILE_OF_SYSTEMD.test(name))
    .map((name) => join(`${SYSTEM_SSH_CONFIG}.d`, name));
  for (const file of [join(home, '.ssh/config'), SYSTEM_SSH_CONFIG, ...ofSystem]) {
    const read = await readTextFile(file);
    if ('text' in read && says.test(read.text.replace(INCLUDE_OF_DISTRIBUTION, ''))) return file;
  }
  return null;
}

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readTextFile } from '../source/text-file.ts';

const ofSystem = '/etc/ssh/ssh_config';

/**
 * Whether a configuration of ssh may say as whom and with which key to log in. What it says of a server is asked when
 * that is connected to; where it can say nothing, what is missing is told before.
 * @param config as `ssh.config` of `fleetmark.yaml`, with the path resolved
 */
export async function maySayLogin(config: boolean | string, home: string): Promise<boolean> {
  if (config !== true) return config !== false;
  if ('text' in (await readTextFile(join(home, '.ssh/config')))) return true;
  const more = await readdir(`${ofSystem}.d`).catch(() => []);
  for (const file of [ofSystem, ...more.map((name) => join(`${ofSystem}.d`, name))]) {
    const read = await readTextFile(file);
    if ('text' in read && /^\s*(?:User|IdentityFile|IdentityAgent)\b/im.test(read.text)) return true;
  }
  return false;
}

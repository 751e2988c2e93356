import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import type { Account } from '../source/surroundings.ts';
import type { AskSsh } from './ask-ssh.ts';
import { findSsh } from './ask-ssh.ts';
import type { ConfigSource } from './read-ssh-config.ts';
import { readSshConfig } from './read-ssh-config.ts';

/**
 * Who knows what a configuration of ssh says of a host: the ssh client of this machine; where there is none, or where
 * it would look into another home than `HOME`, this program itself.
 * @param config as `ssh.config` of `fleetmark.yaml`, with the path resolved
 */
export async function findSshConfig(config: true | string, account: Account): Promise<AskSsh> {
  const file = config === true ? null : config;
  const ssh = resolve(account.home) === homeOfSsh() ? await findSsh(file, account) : null;
  if (ssh !== null) return ssh;
  const user = { file: join(account.home, '.ssh/config'), folder: join(account.home, '.ssh'), isOwn: true };
  const system = { file: '/etc/ssh/ssh_config', folder: '/etc/ssh', isOwn: false };
  const sources: ConfigSource[] = file === null ? [user, system] : [{ ...user, file, isOwn: false }];
  return async (asked) => readSshConfig(sources, asked, account);
}

/** Whatever `HOME` says, ssh goes by the system's list of accounts; without an entry there it does nothing. */
function homeOfSsh(): string | null {
  try {
    return resolve(userInfo().homedir);
  } catch {
    return null;
  }
}

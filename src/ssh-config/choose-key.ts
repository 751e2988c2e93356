import { fileAnswers } from '../blocking/file-answers.ts';
import { Failure } from '../domain/failures/failure.ts';
import { pathExists } from '../source/text-file.ts';
import type { HostSettings } from './host-settings.ts';

/**
 * The key file for the login; null: the keys of the ssh-agent. The first existing IdentityFile wins. If only its public
 * key exists, the private key is expected in the ssh-agent.
 * @param choice `written`: in the inventory or `fleetmark.yaml`; `defaultKey`: the first default key of ssh
 * @param name of the server or jump host, for messages
 * @throws Failure InvalidConfig if there is no key
 */
export async function chooseKey(
  { keyFiles, onlyKeyFiles, from }: Pick<HostSettings, 'keyFiles' | 'onlyKeyFiles' | 'from'>,
  { written, hasAgent, defaultKey }: { written: string | null; hasAgent: boolean; defaultKey: string | null },
  name: string
): Promise<string | null> {
  if (written !== null) return written;
  for (const file of keyFiles ?? []) {
    await fileAnswers(file);
    if (await pathExists(file)) return file;
    if (hasAgent && (await pathExists(`${file}.pub`))) return `${file}.pub`;
  }
  if (hasAgent && !onlyKeyFiles) return null;
  if (keyFiles === null && defaultKey !== null) return defaultKey;
  throw new Failure('InvalidConfig', `no key to log in to ${name}: ${whyNone(keyFiles, hasAgent, from)}`);
}

function whyNone(keyFiles: readonly string[] | null, hasAgent: boolean, from: string): string {
  const agent = hasAgent ? 'IdentitiesOnly excludes other keys of the ssh-agent' : 'there is no ssh-agent';
  if (keyFiles === null) return `none is configured, none is in ~/.ssh, and ${agent}`;
  if (keyFiles.length === 0) return `${from} sets IdentityFile none, and ${agent}`;
  const shown = keyFiles.slice(0, 3).join(', ') + (keyFiles.length > 3 ? ', ...' : '');
  return `${from} sets IdentityFile to ${shown}, which ${keyFiles.length === 1 ? 'does' : 'do'} not exist, and ${agent}`;
}

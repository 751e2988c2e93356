import { fileAnswers } from '../blocking/file-answers.ts';
import { defaultKeyFiles } from '../config/ssh-settings.ts';
import { Failure } from '../domain/failures/failure.ts';
import type { Identity } from '../domain/servers/server.ts';
import { pathExists } from '../source/text-file.ts';
import type { HostSettings } from './host-settings.ts';

/**
 * The keys to try, as ssh does: every IdentityFile that exists, or else the default keys, and the keys of the ssh-agent.
 * Unlike ssh, an IdentityFile comes before other keys of the ssh-agent: these could use up all attempts of a server.
 * @param written the key in the inventory or `fleetmark.yaml`, which is then the only one
 * @param name of the server or jump host, for messages
 * @throws Failure InvalidConfig if there is no key
 */
export async function chooseIdentities(
  { keyFiles, onlyKeyFiles, from }: Pick<HostSettings, 'keyFiles' | 'onlyKeyFiles' | 'from'>,
  { written, hasAgent, home }: { written: string | null; hasAgent: boolean; home: string },
  name: string
): Promise<Identity[]> {
  if (written !== null) return [{ keyFile: written }];
  const agent: Identity[] = hasAgent && !onlyKeyFiles ? ['ssh-agent'] : [];
  const named = await existingKeys(keyFiles ?? [], hasAgent);
  const defaults = keyFiles === null ? await existingKeys(defaultKeyFiles(home), hasAgent && onlyKeyFiles) : [];
  const identities = [...named, ...agent, ...defaults];
  if (identities.length > 0) return identities;
  throw new Failure('InvalidConfig', `no key to log in to ${name}: ${whyNone(keyFiles, hasAgent, from)}`);
}

/** @param hasAgent if only its public key exists, the private key is expected in the ssh-agent */
async function existingKeys(files: readonly string[], hasAgent: boolean): Promise<Identity[]> {
  const found = files.map(async (file): Promise<Identity[]> => {
    try {
      await fileAnswers(file);
    } catch {
      return [{ keyFile: file }]; // the login says why it cannot be used
    }
    if (await pathExists(file)) return [{ keyFile: file }];
    return hasAgent && (await pathExists(`${file}.pub`)) ? [{ keyFile: `${file}.pub` }] : [];
  });
  return (await Promise.all(found)).flat();
}

function whyNone(keyFiles: readonly string[] | null, hasAgent: boolean, from: string): string {
  const agent = hasAgent ? 'IdentitiesOnly excludes other keys of the ssh-agent' : 'there is no ssh-agent';
  if (keyFiles === null) return `none is configured, none is in ~/.ssh, and ${agent}`;
  if (keyFiles.length === 0) return `${from} sets IdentityFile none, and ${agent}`;
  const shown = keyFiles.slice(0, 3).join(', ') + (keyFiles.length > 3 ? ', ...' : '');
  return `${from} sets IdentityFile to ${shown}, which ${keyFiles.length === 1 ? 'does' : 'do'} not exist, and ${agent}`;
}

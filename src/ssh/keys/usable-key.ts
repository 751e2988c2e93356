import type { ParsedKey } from 'ssh2';
import { Failure } from '../../domain/failures/failure.ts';
import type { PassphraseSource, SshSettings } from '../../domain/servers/server.ts';
import { whyUnreadable } from '../../source/file-errors.ts';
import { readContent } from '../../source/parsed-file.ts';
import { selectAgentKey, type AgentKey } from './agent-keys.ts';
import { keyFileReader, parseKeyFile, refused, type EncryptedKey, type KeyFile } from './key-file.ts';
import { withPassphrase } from './passphrase.ts';

export type KeySettings = Pick<SshSettings, 'agentSocket' | 'passphrase'>;

/** The key of a file. If the agent signs, it is the public half. */
export interface UsableKey {
  key: ParsedKey;
  /** The agent that signs; null: this program does. */
  agent: AgentKey | null;
}

/** Reads and decrypts key files, each again only when it has changed. Rejects with `InvalidConfig`. */
export function keyReader(): (file: string, settings: KeySettings) => Promise<UsableKey> {
  const read = keyFileReader();
  const unlocked = new WeakMap<KeyFile, Promise<ParsedKey>>();

  function unlock(file: string, locked: EncryptedKey, source: PassphraseSource): Promise<ParsedKey> {
    const known = unlocked.get(locked);
    if (known) return known;
    const key = withPassphrase(source, (passphrase) => locked.unlock(passphrase)).then((opened) => {
      if (opened) return opened;
      throw new Failure('InvalidConfig', `the passphrase of ssh.passphrase is wrong for the key file ${file}`);
    });
    unlocked.set(locked, key);
    key.catch(() => unlocked.delete(locked));
    return key;
  }

  return async (file, { agentSocket, passphrase }) => {
    const content = await read(file);
    if (content.kind === 'private') return { key: content.key, agent: null };
    if (content.kind === 'public') {
      if (agentSocket !== null) return inAgent(agentSocket, content.key, file);
      throw refused(file, 'is a public key, and there is no ssh-agent with its private key');
    }
    if (passphrase === null) {
      if (agentSocket !== null) return inAgent(agentSocket, await publicHalf(content, file), file);
      throw refused(file, 'needs a passphrase: add the key to an ssh-agent, or set ssh.passphrase');
    }
    // The passphrase if the agent does not hold it or does not answer, or if its public half is unknown.
    const held = agentSocket === null ? null : publicHalf(content, file).then((key) => inAgent(agentSocket, key, file));
    const inThere = await held?.catch(() => null);
    return inThere ?? { key: await unlock(file, content, passphrase), agent: null };
  };
}

async function inAgent(socket: string, key: ParsedKey, file: string): Promise<UsableKey> {
  return { key, agent: await selectAgentKey(socket, key, file) };
}

async function publicHalf({ publicHalf: known }: EncryptedKey, file: string): Promise<ParsedKey> {
  if (known !== null) return known;
  const content = await readContent(`${file}.pub`).catch((error: unknown) => {
    const needed = 'needs a passphrase, or its public half to find it in the ssh-agent';
    throw refused(file, `${needed}; ${file}.pub ${whyUnreadable(error)}`, error);
  });
  const parsed = parseKeyFile(content, `${file}.pub`);
  if (parsed.kind !== 'encrypted') return parsed.key;
  throw refused(`${file}.pub`, 'is not an SSH key');
}

import type { AnyAuthMethod, ParsedKey } from 'ssh2';
import { formatEndpoint } from '../../domain/servers/endpoint.ts';
import { Failure } from '../../domain/failures/failure.ts';
import type { Hop, PassphraseSource, SshSettings } from '../../domain/servers/server.ts';
import { firstAgentKeys, selectAgentKey } from './agent-keys.ts';
import type { AgentKeys } from './agent-keys.ts';
import { keyFileReader, parseKeyFile } from './key-file.ts';
import type { EncryptedKey, KeyFile } from './key-file.ts';
import { whyUnreadable } from '../../source/file-errors.ts';
import { readContent } from '../../source/parsed-file.ts';
import { isThere } from '../../source/text-file.ts';
import { withPassphrase } from './passphrase.ts';
import { withoutSha1 } from './sha1-refused.ts';

/** How to authenticate at a server: one method, and what to call it in messages. */
export interface Authentication {
  method: AnyAuthMethod;
  name: string;
  /** Of each key that it shows, in order: `ssh-ed25519`. */
  keyTypes: readonly string[];
  /** The agent that signs; null: this program does. */
  agent: AgentKeys | null;
}

type KeySettings = Pick<SshSettings, 'agentSocket' | 'passphrase'>;

/** Rejects with `InvalidConfig`. */
export type Authenticator = (
  hop: Pick<Hop, 'host' | 'user' | 'keyFile'>,
  settings: KeySettings
) => Promise<Authentication>;

/** Reads key files, and unlocks them, each once for as long as it does not change. */
export function authenticator(): Authenticator {
  const keyOf = keyReader();
  return async ({ host, user: username, keyFile }, settings) => {
    const { agentSocket } = settings;
    if (keyFile === null) {
      if (agentSocket === null) {
        throw new Failure(
          'InvalidConfig',
          `there is neither a key file for ${formatEndpoint({ host, port: null, user: username })} nor an ssh-agent to ask`
        );
      }
      const { agent, name } = await orInvalidConfig(firstAgentKeys(agentSocket));
      return authenticationBy(agent, username, name);
    }
    const { key, socket } = await keyOf(keyFile, settings);
    const name = await nameOf(keyFile);
    if (socket === null) {
      const method = { type: 'publickey' as const, username, key: withoutSha1(key) };
      return { method, name, keyTypes: [key.type], agent: null };
    }
    const agent = await orInvalidConfig(selectAgentKey(socket, key, keyFile));
    return authenticationBy(agent, username, `${name} in the ssh-agent`);
  };
}

/**
 * For configuration checks.
 * @throws Failure InvalidConfig if we cannot authenticate with this file: missing, unreadable, no key, a kind of key that
 * is not supported, one that needs an agent while the agent does not hold it, or one whose passphrase cannot be had
 */
export async function checkKeyFile(file: string, settings: KeySettings): Promise<void> {
  const { key, socket } = await keyReader()(file, settings);
  if (socket === null) return;
  await orInvalidConfig(selectAgentKey(socket, key, file));
}

function authenticationBy(agent: AgentKeys, username: string, name: string): Authentication {
  const keyTypes = agent.keys.map(({ type }) => type);
  return { method: { type: 'agent', username, agent }, name, keyTypes, agent };
}

async function orInvalidConfig<T>(asking: Promise<T>): Promise<T> {
  return asking.catch((error: unknown) => {
    throw new Failure('InvalidConfig', (error as Error).message, { cause: error });
  });
}

/** The key of a file; with a socket: the agent there signs with it, and this is its public half. */
type KeyOf = (file: string, settings: KeySettings) => Promise<{ key: ParsedKey; socket: string | null }>;

function keyReader(): KeyOf {
  const read = keyFileReader();
  const unlocked = new WeakMap<KeyFile, Promise<ParsedKey>>();

  function unlock(file: string, locked: EncryptedKey, source: PassphraseSource): Promise<ParsedKey> {
    const known = unlocked.get(locked);
    if (known) return known;
    const key = withPassphrase(source, (passphrase) => locked.unlock(passphrase)).then((opened) => {
      if (opened) return opened;
      throw new Failure(
        'InvalidConfig',
        `the passphrase that ssh.passphrase leads to is not that of the key file ${file}`
      );
    });
    unlocked.set(locked, key);
    key.catch(() => unlocked.delete(locked));
    return key;
  }

  return async (file, { agentSocket, passphrase }) => {
    const content = await read(file);
    if (content.kind === 'private') return { key: content.key, socket: null };
    if (content.kind === 'public') {
      if (agentSocket !== null) return { key: content.key, socket: agentSocket };
      const why = 'is a public key, and there is no ssh-agent that holds its other half';
      throw new Failure('InvalidConfig', `the key file ${file} ${why}`);
    }
    if (passphrase === null) {
      if (agentSocket !== null) return { key: content.publicHalf ?? (await publicHalf(file)), socket: agentSocket };
      const why = 'needs a passphrase, and there is neither an ssh-agent that holds it nor ssh.passphrase';
      throw new Failure('InvalidConfig', `the key file ${file} ${why}`);
    }
    const key = agentSocket === null ? null : await keyInAgent(agentSocket, content, file);
    if (key !== null) return { key, socket: agentSocket };
    return { key: await unlock(file, content, passphrase), socket: null };
  };
}

/** Null: the agent does not hold it, or does not answer, or nobody knows what to ask it for. */
async function keyInAgent(socket: string, { publicHalf: half }: EncryptedKey, file: string): Promise<ParsedKey | null> {
  try {
    const key = half ?? (await publicHalf(file));
    await selectAgentKey(socket, key, file);
    return key;
  } catch {
    return null;
  }
}

/** What ssh would do with the certificate beside a key cannot be done here: whoever is refused should know. */
async function nameOf(keyFile: string): Promise<string> {
  const certificate = `${keyFile}-cert.pub`;
  return (await isThere(certificate)) ? `${keyFile} (without ${certificate}, as ssh2 has no certificates)` : keyFile;
}

async function publicHalf(file: string): Promise<ParsedKey> {
  const content = await readContent(`${file}.pub`).catch((error: unknown) => {
    throw new Failure(
      'InvalidConfig',
      `the key file ${file} needs a passphrase, and to find it in the ssh-agent ${file}.pub is needed, which ${whyUnreadable(error)}`,
      { cause: error }
    );
  });
  const parsed = parseKeyFile(content, `${file}.pub`);
  if (parsed.kind !== 'encrypted') return parsed.key;
  throw new Failure('InvalidConfig', `the key file ${file}.pub is not an SSH key`);
}

import type { AnyAuthMethod, ParsedKey } from 'ssh2';
import { formatEndpoint } from '../../domain/servers/endpoint.ts';
import { Failure } from '../../domain/failures/failure.ts';
import type { Hop, PassphraseSource, SshSettings } from '../../domain/servers/server.ts';
import { firstAgentKeys, selectAgentKey, type AgentKeys } from './agent-keys.ts';
import { keyFileReader, parseKeyFile, refused, type EncryptedKey, type KeyFile } from './key-file.ts';
import { whyUnreadable } from '../../source/file-errors.ts';
import { readContent } from '../../source/parsed-file.ts';
import { pathExists } from '../../source/text-file.ts';
import { withPassphrase } from './passphrase.ts';
import { withoutSha1 } from './sha1-refused.ts';

/** How to authenticate at a server: one method, and its name in messages. */
export interface Authentication {
  method: AnyAuthMethod;
  name: string;
  /** The type of each key it offers, in order: `ssh-ed25519`. */
  keyTypes: readonly string[];
  /** The agent that signs; null: this program does. */
  agent: AgentKeys | null;
}

type KeySettings = Pick<SshSettings, 'agentSocket' | 'passphrase'>;

type Account = Pick<Hop, 'host' | 'user' | 'keyFile'>;

/** Reads and decrypts key files, each again only when it has changed. Rejects with `InvalidConfig`. */
export function authenticator(): (account: Account, settings: KeySettings) => Promise<Authentication> {
  const keyOf = keyReader();
  return async ({ host, user: username, keyFile }, settings) => {
    const { agentSocket } = settings;
    if (keyFile === null) {
      if (agentSocket === null) {
        const endpoint = formatEndpoint({ host, port: null, user: username });
        throw new Failure('InvalidConfig', `there is neither a key file for ${endpoint} nor an ssh-agent`);
      }
      const { agent, name } = await firstAgentKeys(agentSocket);
      return authenticationBy(agent, username, name);
    }
    const { key, socket } = await keyOf(keyFile, settings);
    const name = await nameOf(keyFile);
    if (socket === null) {
      const method = { type: 'publickey' as const, username, key: withoutSha1(key) };
      return { method, name, keyTypes: [key.type], agent: null };
    }
    const agent = await selectAgentKey(socket, key, keyFile);
    return authenticationBy(agent, username, `${name} in the ssh-agent`);
  };
}

/**
 * For checks of the configuration.
 * @throws Failure InvalidConfig if this file cannot be used to authenticate: it is missing, unreadable, unsupported or not
 * a key, its passphrase is not available, or it needs an agent that does not hold it
 */
export async function checkKeyFile(file: string, settings: KeySettings): Promise<void> {
  const { key, socket } = await keyReader()(file, settings);
  if (socket !== null) await selectAgentKey(socket, key, file);
}

function authenticationBy(agent: AgentKeys, username: string, name: string): Authentication {
  const keyTypes = agent.keys.map(({ type }) => type);
  return { method: { type: 'agent', username, agent }, name, keyTypes, agent };
}

/** The key of a file. With a socket, the agent there signs, and the key is the public half. */
type KeyOf = (file: string, settings: KeySettings) => Promise<{ key: ParsedKey; socket: string | null }>;

function keyReader(): KeyOf {
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
    if (content.kind === 'private') return { key: content.key, socket: null };
    if (content.kind === 'public') {
      if (agentSocket !== null) return { key: content.key, socket: agentSocket };
      throw refused(file, 'is a public key, and there is no ssh-agent with its private key');
    }
    if (passphrase === null) {
      if (agentSocket !== null) return { key: await publicHalf(content, file), socket: agentSocket };
      throw refused(file, 'needs a passphrase: add the key to an ssh-agent, or set ssh.passphrase');
    }
    const key = agentSocket === null ? null : await keyInAgent(agentSocket, content, file);
    if (key !== null) return { key, socket: agentSocket };
    return { key: await unlock(file, content, passphrase), socket: null };
  };
}

/** Null: the agent does not hold it or does not answer, or its public half is unknown. */
async function keyInAgent(socket: string, content: EncryptedKey, file: string): Promise<ParsedKey | null> {
  try {
    const key = await publicHalf(content, file);
    await selectAgentKey(socket, key, file);
    return key;
  } catch {
    return null;
  }
}

/** fleetmark, unlike ssh, cannot use the certificate of a key, so the message about a refusal says so. */
async function nameOf(keyFile: string): Promise<string> {
  const certificate = `${keyFile}-cert.pub`;
  return (await pathExists(certificate)) ? `${keyFile} (without ${certificate}, as ssh2 has no certificates)` : keyFile;
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

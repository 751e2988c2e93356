import { readFile } from 'node:fs/promises';
import ssh2 from 'ssh2';
import type { AnyAuthMethod, IdentityCallback, ParsedKey } from 'ssh2';
import { Failure } from '../domain/failure.ts';
import type { Hop, SshSettings } from '../domain/server.ts';
import { parsedFiles, readError } from './parsed-file.ts';

/** What a key file holds: a key to sign with, or a key that only the ssh-agent can sign with. */
export type KeyFile = { kind: 'private' | 'public'; key: ParsedKey } | { kind: 'encrypted' };

export type KeyFileReader = (file: string) => Promise<KeyFile>;

/** Reads key files, each once for as long as it does not change. Rejects with `InvalidConfig`. */
export function keyFileReader(): KeyFileReader {
  const read = parsedFiles(parseKeyFile);
  return (file) =>
    read(file).catch((error: unknown) => {
      if (error instanceof Failure) throw error;
      throw new Failure('InvalidConfig', `the key file ${file} ${readError(error)}`, { cause: error });
    });
}

/**
 * For configuration checks.
 * @throws Failure InvalidConfig if we cannot authenticate with this file: missing, unreadable, no key, a kind of key that
 * is not supported, or one that needs a passphrase or an agent while the agent does not hold it
 */
export async function checkKeyFile(file: string, { agentSocket }: Pick<SshSettings, 'agentSocket'>): Promise<void> {
  const wanted = await agentIdentity(file, await keyFileReader()(file), agentSocket);
  if (wanted === null) return;
  const agent = new SelectiveAgent(wanted.socket, wanted.key, file);
  await new Promise<void>((resolve, reject) => {
    agent.getIdentities((error) => {
      if (error) reject(new Failure('InvalidConfig', error.message, { cause: error }));
      else resolve();
    });
  });
}

/** How to authenticate at a server: one method, and what to call it in messages. Rejects with `InvalidConfig`. */
export async function authenticationOf(
  { host, user, keyFile }: Hop,
  { agentSocket }: SshSettings,
  read: KeyFileReader
): Promise<{ method: AnyAuthMethod; name: string }> {
  if (keyFile === null) {
    if (agentSocket === null) {
      throw new Failure('InvalidConfig', `there is neither a key file for ${user}@${host} nor an ssh-agent to ask`);
    }
    const agent = new ssh2.OpenSSHAgent(agentSocket);
    return { method: { type: 'agent', username: user, agent }, name: 'the keys of the ssh-agent' };
  }
  const file = await read(keyFile);
  if (file.kind === 'private') return { method: { type: 'publickey', username: user, key: file.key }, name: keyFile };
  const { socket, key } = (await agentIdentity(keyFile, file, agentSocket))!;
  const agent = new SelectiveAgent(socket, key, keyFile);
  return { method: { type: 'agent', username: user, agent }, name: `${keyFile} in the ssh-agent` };
}

/** An agent that offers one of its keys: a server refuses whoever shows it too many wrong ones. */
class SelectiveAgent extends ssh2.OpenSSHAgent {
  readonly #wanted: ParsedKey;
  readonly #file: string;

  constructor(socket: string, wanted: ParsedKey, file: string) {
    super(socket);
    this.#wanted = wanted;
    this.#file = file;
  }

  override getIdentities(callback: IdentityCallback<ParsedKey>): void {
    super.getIdentities((error, keys) => {
      if (error) return callback(new Error(`the ssh-agent does not answer: ${error.message}`));
      const wanted = (keys ?? []).filter((key) => 'equals' in key && key.equals(this.#wanted));
      if (wanted.length > 0) return callback(null, wanted);
      callback(new Error(`the ssh-agent does not hold the key of ${this.#file} (add it with ssh-add)`));
    });
  }
}

/** Which key of which agent stands for a key file; null: it needs none. */
async function agentIdentity(file: string, content: KeyFile, socket: string | null) {
  if (content.kind === 'private') return null;
  if (content.kind === 'encrypted') {
    if (socket === null) {
      throw new Failure(
        'InvalidConfig',
        `the key file ${file} needs a passphrase, and there is no ssh-agent that holds it`
      );
    }
    return { socket, key: await publicHalf(file) };
  }
  if (socket !== null) return { socket, key: content.key };
  throw new Failure(
    'InvalidConfig',
    `the key file ${file} is a public key, and there is no ssh-agent that holds its other half`
  );
}

async function publicHalf(file: string): Promise<ParsedKey> {
  const content = await readFile(`${file}.pub`).catch((error: unknown) => {
    throw new Failure(
      'InvalidConfig',
      `the key file ${file} needs a passphrase, and to find it in the ssh-agent ${file}.pub is needed, which ${readError(error)}`,
      { cause: error }
    );
  });
  const parsed = parseKeyFile(content, `${file}.pub`);
  if (parsed.kind === 'encrypted') throw notAKey(`${file}.pub`);
  return parsed.key;
}

function parseKeyFile(content: Buffer, file: string): KeyFile {
  const text = content.toString('latin1');
  if (/-cert-v01@openssh\.com /.test(text)) {
    throw new Failure(
      'InvalidConfig',
      `the key file ${file} is an OpenSSH certificate, which is not supported: use a plain key`
    );
  }
  if (text.includes('-----BEGIN ENCRYPTED PRIVATE KEY-----')) return { kind: 'encrypted' };
  const parsed: ParsedKey | ParsedKey[] | Error = ssh2.utils.parseKey(content);
  if (parsed instanceof Error) {
    if (/no passphrase given/.test(parsed.message)) return { kind: 'encrypted' };
    if (/\bsk-(ssh|ecdsa)/.test(parsed.message) || /^sk-(ssh|ecdsa)/.test(text)) {
      throw new Failure(
        'InvalidConfig',
        `the key file ${file} is a key of a security token (sk), which is not supported: use a plain key`
      );
    }
    if (text.includes('-----BEGIN PRIVATE KEY-----')) {
      throw new Failure(
        'InvalidConfig',
        `the key file ${file} is in PKCS#8 format: convert it with ssh-keygen -p -f ${file}`
      );
    }
    throw notAKey(file);
  }
  // A file of the old formats holds one key; the type of parseKey allows for several.
  const key = Array.isArray(parsed) ? (parsed as ParsedKey[])[0]! : parsed;
  return { kind: key.isPrivateKey() ? 'private' : 'public', key };
}

function notAKey(file: string): Failure {
  return new Failure('InvalidConfig', `the key file ${file} is not an SSH key`);
}

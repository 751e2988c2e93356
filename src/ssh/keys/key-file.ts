import { createPrivateKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import path from 'node:path';
import ssh2 from 'ssh2';
import type { ParsedKey } from 'ssh2';
import { Failure } from '../../domain/failures/failure.ts';
import { refuseUnsupported } from './key-kinds.ts';
import { openSshKey } from './openssh-key.ts';
import { whyUnreadable } from '../../source/file-errors.ts';
import { parsedFiles } from '../../source/parsed-file.ts';

/** What a key file holds: a key to sign with, one that only the ssh-agent can sign with, or one that is locked. */
export type KeyFile = { kind: 'private'; key: ParsedKey } | { kind: 'public'; key: ParsedKey } | EncryptedKey;

export interface EncryptedKey {
  kind: 'encrypted';
  /** Its public half, where the file says it openly. */
  publicHalf: ParsedKey | null;
  /** Null: not with this passphrase. */
  unlock(passphrase: Buffer): ParsedKey | null;
}

/** Each takes some 20 ms, while everything else in the process waits. */
const MAX_ROUNDS = 500;

export type KeyFileReader = (file: string) => Promise<KeyFile>;

/** Reads key files, each once for as long as it does not change. Rejects with `InvalidConfig`. */
export function keyFileReader(): KeyFileReader {
  const read = parsedFiles(parseKeyFile);
  return async (file) => {
    if (/^pkcs11:/.test(path.basename(file))) refuseUnsupported('PKCS#11', file);
    return read(file).catch((error: unknown) => {
      if (error instanceof Failure) throw error;
      throw new Failure('InvalidConfig', `the key file ${file} ${whyUnreadable(error)}`, { cause: error });
    });
  };
}

/** @throws Failure InvalidConfig that says what the file holds, if that is no key that can be used */
export function parseKeyFile(content: Buffer, file: string): KeyFile {
  const text = content.toString('latin1').trim();
  if (content.subarray(0, 4).toString('latin1') === '\x7fELF') refuseUnsupported('PKCS#11', file);
  if (text.startsWith('PuTTY-User-Key-File-')) refuseUnsupported('PuTTY', file);
  const openSsh = openSshKey(text);
  const [, publicType = ''] = /^([a-z0-9@.-]+)[ \t]/.exec(text) ?? [];
  const type = openSsh?.type ?? publicType;
  if (/-cert-v01@openssh\.com$/.test(type)) refuseUnsupported('certificate', file);
  if (type.startsWith('sk-')) refuseUnsupported('FIDO', file);
  if (type === 'ssh-dss' || text.includes('-----BEGIN DSA PRIVATE KEY-----')) refuseUnsupported('DSA', file);

  if (openSsh?.isEncrypted) {
    const publicHalf = usableKey(ssh2.utils.parseKey(openSsh.publicLine));
    const { rounds } = openSsh;
    const unlock = (passphrase: Buffer): ParsedKey | null => {
      if (rounds <= MAX_ROUNDS) return usableKey(parse(content, passphrase));
      const how = `make them fewer with ssh-keygen -p -a 100 -f ${file}, or add it to the ssh-agent`;
      const what = `takes ${rounds} rounds to unlock, more than ${MAX_ROUNDS}`;
      throw new Failure('InvalidConfig', `the key file ${file} ${what}: ${how}`);
    };
    return { kind: 'encrypted', publicHalf, unlock };
  }
  if (/^-----BEGIN (?:RSA |EC |ENCRYPTED )?PRIVATE KEY-----/m.test(text)) return parsePem(content, file);
  const key = usableKey(parse(content));
  if (key === null) throw new Failure('InvalidConfig', `the key file ${file} is not an SSH key`);
  return { kind: key.isPrivateKey() ? 'private' : 'public', key };
}

/** The formats of OpenSSL: those that ssh-keygen wrote once, and PKCS#8, which ssh2 cannot read. */
function parsePem(content: Buffer, file: string): KeyFile {
  if (/ENCRYPTED/.test(content.toString('latin1'))) {
    const unlock = (passphrase: Buffer): ParsedKey | null => fromOpenSsl(() => opened(content, passphrase), file);
    return { kind: 'encrypted', publicHalf: null, unlock };
  }
  const key = fromOpenSsl(() => opened(content), file);
  if (key === null) throw new Failure('InvalidConfig', `the key file ${file} is not an SSH key`);
  return { kind: 'private', key };
}

function opened(key: Buffer, passphrase?: Buffer): KeyObject {
  return createPrivateKey({ key, format: 'pem', ...(passphrase && { passphrase }) });
}

function fromOpenSsl(open: () => KeyObject, file: string): ParsedKey | null {
  let key: KeyObject;
  try {
    key = open();
  } catch {
    return null; // its message is of OpenSSL's own
  }
  if (key.asymmetricKeyType === 'rsa') return usableKey(parse(key.export({ type: 'pkcs1', format: 'pem' })));
  if (key.asymmetricKeyType === 'ec') return usableKey(parse(key.export({ type: 'sec1', format: 'pem' })));
  if (key.asymmetricKeyType === 'dsa') return refuseUnsupported('DSA', file);
  throw new Failure(
    'InvalidConfig',
    `the key file ${file} is in PKCS#8 format: convert it with ssh-keygen -p -f ${file}`
  );
}

function parse(content: Buffer | string, passphrase?: Buffer): ParsedKey | ParsedKey[] | Error {
  return ssh2.utils.parseKey(content, passphrase);
}

function usableKey(parsed: ParsedKey | ParsedKey[] | Error): ParsedKey | null {
  if (parsed instanceof Error) return null;
  // Of a file that says it holds none, ssh2 returns undefined, whatever its types say.
  return [parsed].flat()[0] ?? null;
}

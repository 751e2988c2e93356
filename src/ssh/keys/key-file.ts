import { createPrivateKey, type KeyObject } from 'node:crypto';
import path from 'node:path';
import ssh2, { type ParsedKey } from 'ssh2';
import { Failure } from '../../domain/failures/failure.ts';
import { openSshKey } from './openssh-key.ts';
import { whyUnreadable } from '../../source/file-errors.ts';
import { parsedFiles } from '../../source/parsed-file.ts';

/** The content of a key file: a private key, a public key whose private half is in the ssh-agent, or an encrypted key. */
export type KeyFile = { kind: 'private'; key: ParsedKey } | { kind: 'public'; key: ParsedKey } | EncryptedKey;

export interface EncryptedKey {
  kind: 'encrypted';
  /** Null if the file holds it only encrypted. */
  publicHalf: ParsedKey | null;
  /** Null: wrong passphrase. */
  unlock(passphrase: Buffer): ParsedKey | null;
}

/** Each round takes about 20 ms and blocks the process. */
const MAX_ROUNDS = 500;

/** Reads key files, each again only when it has changed. Rejects with `InvalidConfig`. */
export function keyFileReader(): (file: string) => Promise<KeyFile> {
  const read = parsedFiles(parseKeyFile);
  return async (file) => {
    if (/^pkcs11:/.test(path.basename(file))) refuseUnsupported('PKCS#11', file);
    return read(file).catch((error: unknown) => {
      if (error instanceof Failure) throw error;
      throw refused(file, whyUnreadable(error), error);
    });
  };
}

/** @throws Failure InvalidConfig if the file holds no usable key; says what it holds */
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
    const publicHalf = usableKey(openSsh.publicLine);
    const { rounds } = openSsh;
    const unlock = (passphrase: Buffer): ParsedKey | null => {
      if (rounds <= MAX_ROUNDS) return usableKey(content, passphrase);
      const advice = `reduce them with ssh-keygen -p -a 100 -f ${file}, or add it to the ssh-agent`;
      throw refused(file, `takes ${rounds} rounds to unlock, more than ${MAX_ROUNDS}: ${advice}`);
    };
    return { kind: 'encrypted', publicHalf, unlock };
  }
  const isPem = /^-----BEGIN (?:RSA |EC |ENCRYPTED )?PRIVATE KEY-----/m.test(text);
  if (isPem && text.includes('ENCRYPTED')) {
    return { kind: 'encrypted', publicHalf: null, unlock: (passphrase) => pemKey(content, file, passphrase) };
  }
  const key = isPem ? pemKey(content, file) : usableKey(content);
  if (key === null) throw refused(file, 'is not an SSH key');
  return { kind: key.isPrivateKey() ? 'private' : 'public', key };
}

/** Reads the formats of OpenSSL: those of old ssh-keygen versions, and PKCS#8, which ssh2 cannot read. */
function pemKey(pem: Buffer, file: string, passphrase?: Buffer): ParsedKey | null {
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: pem, format: 'pem', ...(passphrase && { passphrase }) });
  } catch {
    return null; // the message of OpenSSL does not help
  }
  if (key.asymmetricKeyType === 'rsa') return usableKey(key.export({ type: 'pkcs1', format: 'pem' }));
  if (key.asymmetricKeyType === 'ec') return usableKey(key.export({ type: 'sec1', format: 'pem' }));
  if (key.asymmetricKeyType === 'dsa') return refuseUnsupported('DSA', file);
  throw refused(file, `is in PKCS#8 format: convert it with ssh-keygen -p -f ${file}`);
}

function usableKey(content: Buffer | string, passphrase?: Buffer): ParsedKey | null {
  const parsed: ParsedKey | ParsedKey[] | Error = ssh2.utils.parseKey(content, passphrase);
  if (parsed instanceof Error) return null;
  // For some broken files ssh2 returns undefined, contrary to its types.
  return [parsed].flat()[0] ?? null;
}

const MISSING_IN_SSH2 = 'which ssh2, the SSH library of fleetmark, lacks';

/** Unsupported kinds of keys, with advice. */
const UNSUPPORTED = {
  certificate: () =>
    `an OpenSSH certificate, ${MISSING_IN_SSH2}: name the plain key, and put its public half into authorized_keys`,
  FIDO: () =>
    `a key of a security token (FIDO, sk), ${MISSING_IN_SSH2}: use a plain key, in a file or in the ssh-agent`,
  DSA: () => 'a DSA key, which can sign only with SHA-1: create another key with ssh-keygen -t ed25519',
  PuTTY: (file: string) =>
    `a key of PuTTY (.ppk), ${MISSING_IN_SSH2}: convert it with puttygen ${file} -O private-openssh -o KEYFILE`,
  'PKCS#11': (file: string) =>
    `a PKCS#11 provider, ${MISSING_IN_SSH2}: add its keys to the ssh-agent with ssh-add -s ${file}, and name a file with the public key that ssh-add -L shows`,
};

function refuseUnsupported(kind: keyof typeof UNSUPPORTED, file: string): never {
  throw refused(file, `is ${UNSUPPORTED[kind](file)}`);
}

/** @param why - follows the name of the file: `is not an SSH key` */
export function refused(file: string, why: string, cause?: unknown): Failure {
  return new Failure('InvalidConfig', `the key file ${file} ${why}`, { cause });
}

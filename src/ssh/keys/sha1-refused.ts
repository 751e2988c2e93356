import type { ParsedKey } from 'ssh2';

/** For a server that wants a signature with SHA-1, which ssh2 would make (`ssh-rsa`, RFC 8332). */
export class Sha1Refused extends Error {
  constructor() {
    super('it accepts RSA signatures only with SHA-1, which is disabled; use an ed25519 or ECDSA key');
  }
}

export function withoutSha1(key: ParsedKey): ParsedKey {
  if (key.type !== 'ssh-rsa') return key;
  const sign = (data: Buffer, algorithm?: string): Buffer | Error =>
    algorithm === 'sha256' || algorithm === 'sha512' ? key.sign(data, algorithm) : new Sha1Refused();
  return Object.assign(Object.create(key) as ParsedKey, { sign });
}

/** The unencrypted part of a private key file of OpenSSH. */
export interface OpenSshKey {
  /** `ssh-ed25519` */
  type: string;
  isEncrypted: boolean;
  /** The bcrypt rounds of its key derivation. */
  rounds: number;
  /** Its public half, as in a `.pub` file. */
  publicLine: string;
}

/** Reads the format of PROTOCOL.key of OpenSSH; null: another format, or incomplete. */
export function openSshKey(text: string): OpenSshKey | null {
  const [, base64] = /^-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]+?)-----END OPENSSH PRIVATE KEY-----/.exec(text) ?? [];
  const magic = 'openssh-key-v1\0';
  const bytes = Buffer.from(base64 ?? '', 'base64');
  if (bytes.toString('latin1', 0, magic.length) !== magic) return null;
  let at = magic.length;
  const next = (): Buffer => {
    const length = at + 4 <= bytes.length ? bytes.readUInt32BE(at) : 0;
    const value = bytes.subarray(at + 4, at + 4 + length);
    at += 4 + length;
    return value;
  };
  const cipher = next().toString('latin1');
  next(); // name of the key derivation
  const options = next(); // options of the key derivation: a salt, then the number of rounds
  const rounds = options.length < 4 ? 0 : options.readUInt32BE(options.length - 4);
  at += 4; // number of keys: one
  const publicKey = next();
  const type = publicKey.length < 4 ? '' : publicKey.toString('latin1', 4, 4 + publicKey.readUInt32BE(0));
  if (!/^[a-z0-9@.-]+$/.test(type)) return null;
  return { type, isEncrypted: cipher !== 'none', rounds, publicLine: `${type} ${publicKey.toString('base64')}` };
}

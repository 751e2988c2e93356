/** What a private key file of OpenSSH says without its passphrase. */
export interface OpenSshKey {
  /** `ssh-ed25519` */
  type: string;
  isEncrypted: boolean;
  /** Of bcrypt, that the key of its cipher takes. */
  rounds: number;
  /** Its public half, as in a `.pub` file. */
  publicLine: string;
}

/** Reads the open part of a key in the format of PROTOCOL.key of OpenSSH; null: it is in another one, or torn. */
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
  next(); // how the key of the cipher is made of the passphrase
  const options = next(); // and with what: a salt, then the number of rounds
  const rounds = options.length < 4 ? 0 : options.readUInt32BE(options.length - 4);
  at += 4; // how many keys there are: one
  const publicKey = next();
  const type = publicKey.length < 4 ? '' : publicKey.toString('latin1', 4, 4 + publicKey.readUInt32BE(0));
  if (!/^[a-z0-9@.-]+$/.test(type)) return null;
  return { type, isEncrypted: cipher !== 'none', rounds, publicLine: `${type} ${publicKey.toString('base64')}` };
}

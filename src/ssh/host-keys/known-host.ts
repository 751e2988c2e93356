export type Marker = 'revoked' | 'cert-authority';

/** One line of a known_hosts file. */
export interface KnownHost {
  file: string;
  /** Counted from 1. */
  line: number;
  marker: Marker | null;
  /** Patterns separated by commas, or one hashed name. */
  hosts: string;
  /** `ssh-ed25519` */
  type: string;
  key: Buffer;
}

/**
 * The entries of a known_hosts file, in the format of sshd(8) "SSH_KNOWN_HOSTS FILE FORMAT". Like ssh, ignores invalid lines.
 * @param text one character per byte, since patterns are matched byte by byte
 */
export function parseKnownHosts(text: string, file: string): KnownHost[] {
  return text.split('\n').flatMap((content, index) => {
    const fields = content.replace(/^[ \t]+/, '').split(/[ \t]+/);
    if (fields[0] === '' || fields[0]!.startsWith('#')) return [];
    const marker = fields[0]!.startsWith('@') ? fields.shift()!.slice(1) : null;
    if (marker !== null && marker !== 'revoked' && marker !== 'cert-authority') return [];
    const [hosts = '', type = '', base64 = ''] = fields;
    const key = keyOf(type, base64);
    return key === null || hosts.startsWith('@') ? [] : [{ file, line: index + 1, marker, hosts, type, key }];
  });
}

/** Null: not base64, or not a key of this type. */
function keyOf(type: string, base64: string): Buffer | null {
  const text = base64.replace(/[\r\v\f]+/g, '');
  const key = Buffer.from(text, 'base64');
  const named = Buffer.concat([Buffer.from([0, 0, 0, type.length]), Buffer.from(type)]);
  const isCanonical = key.toString('base64') === text;
  return isCanonical && key.length > named.length && key.subarray(0, named.length).equals(named) ? key : null;
}

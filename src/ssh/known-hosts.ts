import { createHmac } from 'node:crypto';

export type Marker = 'revoked' | 'cert-authority';

/** One line of a known_hosts file. */
export interface KnownHost {
  file: string;
  /** Counted from 1. */
  line: number;
  marker: Marker | null;
  /** The names it holds for: patterns separated by commas, or one hashed name. */
  hosts: string;
  /** `ssh-ed25519` */
  type: string;
  key: Buffer;
}

/**
 * The entries of a known_hosts file, in the format of sshd(8) "SSH_KNOWN_HOSTS FILE FORMAT". Like ssh, it passes over
 * lines that it cannot read: they make no key known.
 */
export function parseKnownHosts(text: string, file: string): KnownHost[] {
  return text.split('\n').flatMap((content, index) => {
    const fields = content.trim().split(/[ \t]+/);
    if (fields[0] === '' || fields[0]!.startsWith('#')) return [];
    const marker = fields[0]!.startsWith('@') ? fields.shift()!.slice(1) : null;
    if (marker !== null && marker !== 'revoked' && marker !== 'cert-authority') return [];
    const [hosts, type, key] = fields;
    if (hosts === undefined || type === undefined || key === undefined) return [];
    return [{ file, line: index + 1, marker, hosts, type, key: Buffer.from(key, 'base64') }];
  });
}

/** The entries that hold for a host, as `ssh-keygen -F` finds them. */
export function knownFor(entries: readonly KnownHost[], host: string, port: number): KnownHost[] {
  const name = (port === 22 ? host : `[${host}]:${port}`).toLowerCase();
  return entries.filter(({ hosts }) => (hosts.startsWith('|1|') ? isHashOf(hosts, name) : matchesList(hosts, name)));
}

/** `|1|salt|HMAC-SHA1(salt, name)`, both in base64. */
function isHashOf(hashed: string, name: string): boolean {
  const salt = hashed.split('|')[2] ?? '';
  const digest = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64');
  return hashed === `|1|${salt}|${digest}`;
}

function matchesList(list: string, name: string): boolean {
  const patterns = list.toLowerCase().split(',');
  if (patterns.some((pattern) => pattern.startsWith('!') && matches(pattern.slice(1), name))) return false;
  return patterns.some((pattern) => matches(pattern, name));
}

/** `*` is any text, `?` any one character. Linear in the pattern times the name, whatever the pattern. */
function matches(pattern: string, name: string): boolean {
  let at = 0;
  let star = -1;
  let resume = 0;
  for (let i = 0; i < name.length;) {
    if (pattern[at] === '*') {
      star = at++;
      resume = i;
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === name[i])) {
      at++;
      i++;
    } else if (star >= 0) {
      at = star + 1;
      i = ++resume;
    } else {
      return false;
    }
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}

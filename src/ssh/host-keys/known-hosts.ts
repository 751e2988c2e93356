import { createHmac } from 'node:crypto';
import { matchesPattern } from '../../domain/values/wildcards.ts';

/** One line of a known_hosts file. */
export interface KnownHost {
  file: string;
  /** Counted from 1. */
  line: number;
  marker: 'revoked' | 'cert-authority' | null;
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

/** Lines of known_hosts, looked up by name: `web-1`, `[web-1]:2222`. */
export interface KnownHosts {
  /** In the order of the lines. */
  find(name: string): readonly KnownHost[];
}

/** Indexes the entries of one file for many look-ups: only patterns are compared one by one. */
export function indexKnownHosts(entries: readonly KnownHost[]): KnownHosts {
  const plain = new Map<string, Set<KnownHost>>();
  const patterns: KnownHost[] = [];
  for (const entry of entries) {
    const hosts = toLowerAscii(entry.hosts);
    if (hosts.startsWith('|')) continue;
    if (/[*?!]/.test(hosts)) patterns.push(entry);
    else for (const name of namesIn(hosts)) plain.set(name, (plain.get(name) ?? new Set()).add(entry));
  }
  const findHashed = hashedNames(entries);
  return {
    find(name) {
      const wanted = toLowerAscii(name);
      const matching = patterns.filter(({ hosts }) => matchesList(toLowerAscii(hosts), wanted));
      return [...(plain.get(wanted) ?? []), ...matching, ...findHashed(wanted)].sort((a, b) => a.line - b.line);
    },
  };
}

/** ssh ignores longer patterns. */
const MAX_PATTERN_LENGTH = 1022;

function namesIn(list: string): string[] {
  const names = list.split(',');
  return names.some(({ length }) => length > MAX_PATTERN_LENGTH) ? [] : names;
}

function matchesList(list: string, name: string): boolean {
  const patterns = namesIn(list);
  if (patterns.some((pattern) => pattern.startsWith('!') && matchesPattern(name, pattern.slice(1)))) return false;
  return patterns.some((pattern) => matchesPattern(name, pattern));
}

/** Names are bytes: letters outside ASCII stay as they are. */
function toLowerAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/**
 * Finds the lines whose name is hashed: `|1|salt|HMAC-SHA1(salt, name)`, both in base64 (`HashKnownHosts` of
 * ssh_config(5)). Each line has its own salt, so a name has to be tried on each, but only once: results are kept, and a
 * line that has matched is not tried again. 2,000 names on 2,000 lines take 3 s of CPU in all.
 */
function hashedNames(entries: readonly KnownHost[]): (name: string) => readonly KnownHost[] {
  const found = new Map<string, readonly KnownHost[]>();
  let untried = entries.flatMap((line) => {
    const [, salt, hash] = /^\|1\|([^|]*)\|([^|]*)$/.exec(line.hosts) ?? [];
    return isSha1(salt) && isSha1(hash) ? [{ line, salt: Buffer.from(salt, 'base64'), hash }] : [];
  });
  return (name) => {
    const known = found.get(name);
    if (known) return known;
    // In base64, which node:crypto returns faster than a Buffer.
    const matching = untried.filter(
      ({ salt, hash }) => createHmac('sha1', salt).update(name).digest('base64') === hash
    );
    untried = untried.filter((each) => !matching.includes(each));
    const lines = matching.map(({ line }) => line);
    found.set(name, lines);
    return lines;
  };
}

/** Whether this is the canonical base64 of 20 bytes. */
function isSha1(base64: string | undefined): base64 is string {
  return base64 !== undefined && /^[A-Za-z0-9+/]{26}[AEIMQUYcgkosw048]=$/.test(base64);
}

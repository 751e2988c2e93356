import { matchesPattern } from '../domain/wildcards.ts';
import { HashedNames } from './hashed-names.ts';

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

/** Lines that can be asked which of them hold for a name: `web-1`, `[web-1]:2222`. */
export interface KnownHosts {
  /** In the order of the lines. */
  find(name: string): readonly KnownHost[];
}

/**
 * The entries of a known_hosts file, in the format of sshd(8) "SSH_KNOWN_HOSTS FILE FORMAT". As ssh does, it passes over
 * lines that it cannot read: they make no key known.
 * @param text one character a byte, as patterns are matched byte by byte
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

/** The entries of one file, made ready for many questions: names are looked up, and only patterns are gone through. */
export function indexKnownHosts(entries: readonly KnownHost[]): KnownHosts {
  const plain = new Map<string, Set<KnownHost>>();
  const patterns: KnownHost[] = [];
  for (const entry of entries) {
    const hosts = lowered(entry.hosts);
    if (hosts.startsWith('|')) continue;
    if (/[*?!]/.test(hosts)) patterns.push(entry);
    else for (const name of shortEnough(hosts)) plain.set(name, (plain.get(name) ?? new Set()).add(entry));
  }
  const hashed = new HashedNames(entries.filter(({ hosts }) => hosts.startsWith('|')));
  return {
    find(name) {
      const wanted = lowered(name);
      const matching = patterns.filter(({ hosts }) => matchesList(lowered(hosts), wanted));
      return [...(plain.get(wanted) ?? []), ...matching, ...hashed.find(wanted)].sort((a, b) => a.line - b.line);
    },
  };
}

/** A key in base64 that says itself that it is of this type; null for anything else. */
function keyOf(type: string, base64: string): Buffer | null {
  const text = base64.replace(/[\r\v\f]+/g, '');
  const key = Buffer.from(text, 'base64');
  const named = Buffer.concat([Buffer.from([0, 0, 0, type.length]), Buffer.from(type)]);
  const isCanonical = key.toString('base64') === text;
  return isCanonical && key.length > named.length && key.subarray(0, named.length).equals(named) ? key : null;
}

/** ssh takes no pattern that is longer. */
const longestPattern = 1022;

function shortEnough(list: string): string[] {
  const names = list.split(',');
  return names.some(({ length }) => length > longestPattern) ? [] : names;
}

function matchesList(list: string, name: string): boolean {
  const patterns = shortEnough(list);
  if (patterns.some((pattern) => pattern.startsWith('!') && matchesPattern(name, pattern.slice(1)))) return false;
  return patterns.some((pattern) => matchesPattern(name, pattern));
}

/** Of bytes: other letters than those of ASCII stay as they are. */
function lowered(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

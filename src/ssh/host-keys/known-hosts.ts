import { matchesPattern } from '../../domain/values/wildcards.ts';
import { HashedNames } from './hashed-names.ts';
import type { KnownHost } from './known-host.ts';

/** Lines that can be asked which of them hold for a name: `web-1`, `[web-1]:2222`. */
export interface KnownHosts {
  /** In the order of the lines. */
  find(name: string): readonly KnownHost[];
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

/** ssh takes no pattern that is longer. */
const MAX_PATTERN_LENGTH = 1022;

function shortEnough(list: string): string[] {
  const names = list.split(',');
  return names.some(({ length }) => length > MAX_PATTERN_LENGTH) ? [] : names;
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

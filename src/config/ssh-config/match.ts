import { matchesPattern } from '../../domain/wildcards.ts';

/** What `Match` can ask about, as far as it is known by this line. */
export interface MatchFacts {
  host: string;
  originalhost: string;
  user: string;
  localuser: string;
}

/** At least one pattern matches, and none of those with `!`. */
export function matchesAny(text: string, patterns: readonly string[]): boolean {
  const isRefused = patterns.some((pattern) => pattern.startsWith('!') && matchesPattern(text, pattern.slice(1)));
  return !isRefused && patterns.some((pattern) => !pattern.startsWith('!') && matchesPattern(text, pattern));
}

const criteria: Record<string, (facts: MatchFacts, patterns: string) => boolean> = {
  host: ({ host }, patterns) => matchesAny(host.toLowerCase(), patterns.toLowerCase().split(',')),
  originalhost: ({ originalhost }, patterns) =>
    matchesAny(originalhost.toLowerCase(), patterns.toLowerCase().split(',')),
  user: ({ user }, patterns) => matchesAny(user, patterns.split(',')),
  localuser: ({ localuser }, patterns) => matchesAny(localuser, patterns.split(',')),
};

/**
 * Whether the lines after `Match ...` count. What is not known here decides nothing where something that is known says
 * no already.
 */
export function matchesLine(rest: string, facts: MatchFacts): boolean | { problem: string } {
  // What is in quotes is not read; it may not matter.
  const plain = rest.replace(/["'\\].*$/s, '');
  const isWhole = plain.length === rest.length;
  const words = plain.replace(/(^|\s)#.*$/s, '').match(/[^\s=]+/g) ?? [];
  if (!isWhole && !/[\s=]$/.test(plain)) words.pop();
  if (isWhole && words.length === 0) return { problem: 'has no condition' };
  if (words[0]?.toLowerCase() === 'all') return words.length === 1 || { problem: 'has more than all' };
  let unknown: string | null = isWhole ? null : 'what is in quotes';
  for (let at = 0; at < words.length; at += 2) {
    const isNegated = words[at]!.startsWith('!');
    const name = words[at]!.slice(isNegated ? 1 : 0).toLowerCase();
    const known = Object.hasOwn(criteria, name) ? criteria[name]! : null;
    const patterns = words[at + 1];
    if (known !== null && patterns !== undefined) {
      if (known(facts, patterns) === isNegated) return false;
      continue;
    }
    unknown = name.replace(/[^\w-]/g, '?').slice(0, 40);
    // What follows such a word may belong to it.
    break;
  }
  return unknown === null || { problem: `depends on "${unknown}", which only ssh itself knows` };
}

import { matchesPattern } from '../domain/values/wildcards.ts';

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

/** What else a line of `Match` can ask about, in some version of OpenSSH. */
const onlyOfSsh: ReadonlySet<string> = new Set('command exec localnetwork sessiontype tagged version'.split(' '));

/** What is followed by another condition, and not by a value. */
function standsAlone(word: string): boolean {
  return /^!?(?:canonical|final)$/i.test(word);
}

/**
 * Whether the lines after `Match ...` count. What is not known here decides nothing where something that is known says
 * no already. What is a mistake is one in any case.
 * @param mayCount whether what is around them counts
 */
export function matchesLine(rest: string, facts: MatchFacts, mayCount = true): boolean | { problem: string } {
  // What is in quotes is not read; it may not matter.
  const plain = rest.replace(/["'\\].*$/s, '');
  const isWhole = plain.length === rest.length;
  const words = plain.replace(/(^|\s)#.*$/s, '').match(/[^\s=]+/g) ?? [];
  if (!isWhole && !/[\s=]$/.test(plain)) words.pop();
  if (isWhole && words.length === 0) return { problem: 'has no condition' };
  let unknown: string | null = null;
  let isMatch = mayCount;
  for (let at = 0; at < words.length; at += 1) {
    const isNegated = words[at]!.startsWith('!');
    const name = words[at]!.slice(isNegated ? 1 : 0).toLowerCase();
    const shown = `"${name.replace(/[^\w-]/g, '?').slice(0, 40)}"`;
    if (name === 'all') {
      if (at !== words.length - 1) return { problem: 'has more than all' };
      if (isNegated) isMatch = false;
    } else if (standsAlone(words[at]!)) unknown ??= shown;
    else {
      const known = Object.hasOwn(criteria, name) ? criteria[name]! : null;
      if (known === null && !onlyOfSsh.has(name)) return { problem: `has ${shown}, which is no condition of ssh` };
      at += 1;
      const patterns = words[at];
      if (patterns === undefined && isWhole) return { problem: `has ${shown} and not what it is to be` };
      if (known === null || patterns === undefined) unknown ??= shown;
      else if (known(facts, patterns) === isNegated) isMatch = false;
    }
  }
  // Then ssh reads all of it once more, with the host that it has found.
  const isFinal = words.some((word) => /^!?final$/i.test(word));
  if (!isMatch && !isFinal) return false;
  if (isFinal) unknown = '"final"';
  if (!isWhole) unknown ??= 'what is in quotes';
  return unknown === null || { problem: `depends on ${unknown}, which only ssh itself knows` };
}

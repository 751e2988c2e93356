/** The named groups of a regular expression, and why it is invalid; null: it is valid. */
export function groupsOf(pattern: string): { names: string[]; problem: string | null } {
  const problem = otherDialect(pattern);
  if (problem !== null) return { names: [], problem };
  try {
    new RegExp(pattern, 'gm');
    // The empty alternative matches at once, with all groups.
    return { names: Object.keys(new RegExp(`${pattern}|`).exec('')?.groups ?? {}), problem: null };
  } catch (error) {
    const said = error instanceof Error ? error.message.replace(/^.*\/[a-z]*: /s, '') : 'unknown error';
    return { names: [], problem: `is not a valid regular expression: ${said}` };
  }
}

/** Whether a valid regular expression matches an empty text, and so at every place of any text. */
export function matchesEmptyText(pattern: string): boolean {
  return new RegExp(pattern, 'm').test('');
}

/** An escaped character, a class, or what begins a special group: `(?P<value`, `(?i)`, `(?:`. */
const TOKEN = /\\.|\[(?:\\.|[^\]\\])*\]|\(\?P?.[\w-]*[:)]?/gs;

/** Other dialects have these; JavaScript takes the letter itself for them. */
const LETTERS = /\\[^bBdDwWsSfnrtvcxuk\W\d_]/;
const IN_JAVASCRIPT: Record<string, string> = { A: '^', z: '$', Z: '$', h: '[ \\t]', e: '\\x1b', R: '\\r?\\n' };
const FLAGS: Record<string, string> = {
  i: 'write both cases: [Ee]rror',
  m: 'leave it out, since ^ and $ always match at lines',
  s: 'write [^] for any character',
};

/** What a pattern has of Perl, Python or POSIX, and what JavaScript has instead; null: nothing. */
function otherDialect(pattern: string): string | null {
  for (const [token] of pattern.matchAll(TOKEN)) {
    const problem = token.startsWith('(') ? otherGroup(token) : otherCharacters(token);
    if (problem !== null) return problem;
  }
  return null;
}

function otherGroup(token: string): string | null {
  const [, quote, name = ''] = /^\(\?(P<|')(\w*)/.exec(token) ?? [];
  if (quote !== undefined) {
    const written = quote === "'" ? `(?'${name}'...)` : `(?P<${name}>...)`;
    return `has the group ${written}, which JavaScript writes as (?<${name}>...)`;
  }
  if (token.startsWith('(?P')) return `has ${token}, which JavaScript lacks; \\1 is the text of the first group`;
  if (token.startsWith('(?>')) return 'has an atomic group (?>...), which JavaScript lacks; write (?:...)';
  if (token.startsWith('(?#')) return 'has a comment (?#...), which JavaScript lacks; leave it out';
  const [, flags] = /^\(\?([a-zA-Z-]+)[:)]/.exec(token) ?? [];
  if (flags === undefined) return null;
  const flag = flags.startsWith('-') ? '' : ([...flags].find((each) => each in FLAGS) ?? '');
  // Newer versions of Node.js know (?i:...).
  const written = token.replace(/:$/, ':...)');
  return `has the inline flag ${written}, which is not supported; ${FLAGS[flag] ?? 'leave it out'}`;
}

function otherCharacters(token: string): string | null {
  const [named] = token.startsWith('[') ? (/\[:\^?[a-z]+:\]/.exec(token) ?? []) : [];
  if (named !== undefined) return `has ${named}, which JavaScript lacks; write \\d, \\s, \\w, or a range such as [A-F]`;
  const escaped = [...token.matchAll(/\\./gs)].map(([each]) => each).find((each) => LETTERS.test(each));
  if (escaped === undefined) return null;
  const letter = escaped.slice(1);
  const instead = IN_JAVASCRIPT[letter];
  return `has ${escaped}, which is only the letter ${letter} in JavaScript${instead === undefined ? '' : `; write ${instead}`}`;
}

import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Account } from '../source/surroundings.ts';

/** The values of `%h` and the others, by their letter. */
export type Tokens = ReadonlyMap<string, string>;

/** The tokens of ssh_config(5), without `%C`. @param further tokens that depend on the arguments of ssh */
export function tokensOf(
  { host, port, user }: { host: string; port: number; user: string },
  account: Account,
  further: { n: string; k: string }
): Tokens {
  const local = hostname();
  const [i, L] = [String(process.getuid?.() ?? ''), local.replace(/\..*$/s, '')];
  const tokens = {
    '%': '%',
    h: host,
    p: String(port),
    r: user,
    d: account.home,
    u: account.user ?? '',
    i,
    l: local,
    L,
  };
  return new Map(Object.entries({ ...tokens, ...further }));
}

/**
 * Expands the tokens of ssh_config(5) and, where `env` is given, environment variables as `${NAME}`.
 * @returns null if one of them is unknown
 */
export function expandTokens(text: string, tokens: Tokens, env: Account['env'] | null): string | null {
  let isKnown = true;
  const filled = text.replace(/%(.?)|\$\{([^}]*)(\}?)/gsu, (written, letter?: string, name?: string, end?: string) => {
    if (letter === undefined && env === null) return written;
    const value = letter === undefined ? (end === '' ? undefined : env?.[name!]) : tokens.get(letter);
    if (value === undefined) isKnown = false;
    return value ?? '';
  });
  return isKnown ? filled : null;
}

/** Expands `~` and `~/x`. Null: the home of another account, `~bob`, which is unsupported. */
export function expandHome(path: string, home: string): string | null {
  if (path === '~' || path.startsWith('~/')) return join(home, path.slice(1));
  return path.startsWith('~') ? null : path;
}

import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Account } from '../source/surroundings.ts';

/** The values of `%h` and the others, by their letter. */
export type Tokens = Readonly<Record<string, string>>;

/** The tokens of ssh_config(5) that depend on the connection and on this machine, without `%C`. */
export function tokensOf({ host, port, user }: { host: string; port: number; user: string }, account: Account): Tokens {
  const local = hostname();
  return {
    '%': '%',
    h: host,
    p: String(port),
    r: user,
    d: account.home,
    u: account.user ?? '',
    i: String(process.getuid?.() ?? ''),
    l: local,
    L: local.replace(/\..*$/s, ''),
  };
}

/**
 * Expands the tokens of ssh_config(5) and, where `env` is given, environment variables as `${NAME}`.
 * @returns null if one of them is unknown
 */
export function expandTokens(text: string, tokens: Tokens, env: Account['env'] | null): string | null {
  let isKnown = true;
  const filled = text.replace(/%(.?)|\$\{([^}]*)(\}?)/gsu, (written, letter?: string, name?: string, end?: string) => {
    if (letter === undefined && env === null) return written;
    const value = letter === undefined ? (end === '' ? undefined : env?.[name!]) : own(tokens, letter);
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

function own(tokens: Tokens, letter: string): string | undefined {
  return Object.hasOwn(tokens, letter) ? tokens[letter] : undefined;
}

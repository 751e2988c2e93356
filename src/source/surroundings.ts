import { homedir, userInfo } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { BenchmarkKind } from '../domain/measurements/known-tool.ts';
import type { SshSettings } from '../domain/servers/server.ts';

/** The account whose home folder, environment and keys are used. */
export interface Account {
  home: string;
  env: Readonly<Record<string, string | undefined>>;
  /** The default user name on the servers; null: unknown. */
  user: string | null;
}

/** The environment of a configuration. The defaults are those of this process. */
export interface Surroundings extends Partial<Account> {
  /** Benchmarks with built-in tools. */
  kinds: readonly BenchmarkKind[];
  /** Checks a key file; called once for each. @throws Failure InvalidConfig */
  checkKeys?: (keyFile: string, settings: SshSettings) => Promise<void>;
  /** Checks the file of `ssh.config`. @throws Failure InvalidConfig */
  checkSshConfig?: (config: boolean | string) => Promise<void>;
  /** Prints one line, for example a warning. */
  notice?: (line: string) => void;
  /** The current folder, absolute. */
  folder?: string;
}

export function accountOf({ home = homedir(), env = process.env, user }: Partial<Account> = {}): Account {
  return { home, env, user: user === undefined ? accountName(env) : user };
}

function accountName(env: Account['env']): string | null {
  try {
    return userInfo().username;
  } catch {
    // In a container, the user database may not contain the user id.
    return env['USER'] ?? null;
  }
}

/** A path in a file: `~` is the home folder, a relative path is relative to the folder of the file. */
export function resolvePath(path: string, file: string, home: string): string {
  if (path === '~' || path.startsWith('~/')) return join(home, path.slice(1));
  return resolve(dirname(file), path);
}

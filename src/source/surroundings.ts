import { homedir, userInfo } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { BenchmarkKind } from '../domain/measurements/known-tool.ts';
import type { SshSettings } from '../domain/servers/server.ts';

/** What a configuration depends on besides its file. What is left out is that of this process. */
export interface Surroundings {
  /** The benchmarks that have tools. */
  kinds: readonly BenchmarkKind[];
  /** Called once for each key file that is used. @throws Failure InvalidConfig, which is passed on as it is */
  checkKeys?: (keyFile: string, settings: SshSettings) => Promise<void>;
  /** Called with `ssh.config`. @throws Failure InvalidConfig, which is passed on as it is */
  checkSshConfig?: (config: boolean | string) => Promise<void>;
  /** Home folder, for `~`. */
  home?: string;
  /** Is told, in one line, what is worth knowing about how it was read. */
  notice?: (line: string) => void;
  env?: Readonly<Record<string, string | undefined>>;
  /** The account on the servers where the configuration names none; null: nobody knows. */
  currentUser?: string | null;
  /** The current folder, absolute. */
  folder?: string;
}

/** Whose settings and keys count. */
export interface Account {
  home: string;
  env: Readonly<Record<string, string | undefined>>;
  user: string | null;
}

export function accountOf({
  home = homedir(),
  env = process.env,
  currentUser,
}: Pick<Surroundings, 'home' | 'env' | 'currentUser'>): Account {
  return { home, env, user: currentUser === undefined ? accountName(env) : currentUser };
}

function accountName(env: Account['env']): string | null {
  try {
    return userInfo().username;
  } catch {
    // The user id of a container need not be in its passwd.
    return env['USER'] ?? null;
  }
}

/** A path as the configuration has it: `~` is the home folder, anything relative is beside the configuration file. */
export function resolvePath(path: string, file: string, home: string): string {
  if (path === '~' || path.startsWith('~/')) return join(home, path.slice(1));
  return resolve(dirname(file), path);
}

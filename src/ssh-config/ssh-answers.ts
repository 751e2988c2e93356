import type { Route } from '../domain/servers/server.ts';
import { fileVersion } from '../source/file-version.ts';
import type { AskSsh } from './ask-ssh.ts';
import type { SshAnswer } from './ssh-options.ts';

/** Limits the age of answers, because the result of a `Match exec` may change without a change of a known file. */
const MAX_AGE_MS = 10 * 60_000;
/** Minimum time between two checks of the files, shared by all servers. */
const MIN_CHECK_INTERVAL_MS = 250;

/** The answers of ssh for one configuration, and the routes from them, until one of its files changes. */
export class SshAnswers {
  readonly config: boolean | string;
  readonly client: Promise<AskSsh>;
  readonly routes = new Map<string, Promise<Route>>();
  readonly checkedKeys = new Map<string, Promise<void>>();
  readonly #answers = new Map<string, Promise<SshAnswer>>();
  readonly #versions = new Map<string, string>();
  readonly #since: number;
  #checkedAt: number;

  constructor(config: boolean | string, client: Promise<AskSsh>, now: number) {
    this.config = config;
    this.client = client;
    this.#since = now;
    this.#checkedAt = now;
  }

  readonly ask: AskSsh = async (asked) => {
    const key = JSON.stringify([asked.host, asked.port, asked.user]);
    const answer = await once(this.#answers, key, async () => (await this.client)(asked));
    for (const file of answer.files) {
      if (!this.#versions.has(file)) this.#versions.set(file, await fileVersion(file));
    }
    return answer;
  };

  async isCurrent(now: number): Promise<boolean> {
    if (now - this.#since >= MAX_AGE_MS) return false;
    if (now - this.#checkedAt < MIN_CHECK_INTERVAL_MS) return true;
    this.#checkedAt = now;
    const checks = [...this.#versions].map(async ([file, version]) => (await fileVersion(file)) === version);
    return (await Promise.all(checks)).every(Boolean);
  }
}

/** Calls `make` once for each key. A rejected result is not cached, so a correction applies at once. */
export async function once<T>(results: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const result = results.get(key) ?? make();
  results.set(key, result);
  return result.catch((error: unknown) => {
    results.delete(key);
    throw error;
  });
}

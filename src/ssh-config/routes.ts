import type { Configuration } from '../domain/plans/configuration.ts';
import { formatEndpoint } from '../domain/servers/endpoint.ts';
import { Failure } from '../domain/failures/failure.ts';
import type { SshSettings, Route } from '../domain/servers/server.ts';
import type { Logger } from '../logging/logger.ts';
import { fileVersion } from '../source/file-version.ts';
import { usualKey } from '../config/ssh-settings.ts';
import type { Account } from '../source/surroundings.ts';
import type { AskSsh } from './ask-ssh.ts';
import { findSsh } from './ask-ssh.ts';
import type { Resolved } from './resolve-route.ts';
import { resolveRoute } from './resolve-route.ts';
import type { AskedHost, SshAnswer } from './ssh-options.ts';

/** No file shows what a `Match exec` says or a new folder of an `Include` holds: after this time all is asked again. */
const MAX_AGE_MS = 10 * 60_000;
/** Files are checked no more often, for any number of servers. */
const MIN_LOOK_MS = 250;

export interface RouteDependencies {
  account: Account;
  log: Logger;
  /** @throws Failure InvalidConfig for a key file that nobody can log in with */
  checkKey: (keyFile: string, settings: SshSettings) => Promise<void>;
  find?: (config: true | string, account: Account) => Promise<AskSsh>;
  /** Monotonic, in milliseconds. */
  now?: () => number;
}

/** All answers since a file that they depend on last changed. */
interface Generation {
  file: boolean | string;
  since: number;
  looked: number;
  ask: Promise<AskSsh> | null;
  answers: Map<string, Promise<SshAnswer>>;
  targets: Map<string, Promise<Resolved>>;
  checkedKeys: Map<string, Promise<void>>;
  versions: Map<string, string>;
}

/**
 * How servers are reached. Each is resolved on its first connection, and again after a configuration of ssh or its own
 * entry has changed.
 */
export function routeFinder({
  account,
  log,
  checkKey,
  find = findSsh,
  now = () => performance.now(),
}: RouteDependencies): (configuration: Configuration, serverId: string) => Promise<Route> {
  let current: Generation | null = null;

  async function generationOf(file: boolean | string): Promise<Generation> {
    const time = now();
    const known = current;
    if (known?.file === file && time - known.since < MAX_AGE_MS && !(await hasChanged(known, time))) return known;
    if (current !== known) return generationOf(file);
    const found = { answers: new Map(), targets: new Map(), checkedKeys: new Map(), versions: new Map() };
    const ask = file === false ? null : find(file, account);
    const generation = { file, since: time, looked: time, ask, ...found };
    current = generation;
    // A client that is installed meanwhile counts at once.
    ask?.catch(() => {
      if (current === generation) current = null;
    });
    return generation;
  }

  async function askOnce({ ask, answers, versions }: Generation, asked: AskedHost): Promise<SshAnswer> {
    if (ask === null) return { options: new Map(), from: '', files: [] };
    const key = JSON.stringify([asked.host, asked.port, asked.user]);
    const answer = answers.get(key) ?? ask.then((askSsh) => askSsh(asked));
    answers.set(key, answer);
    const found = await answer.catch((error: unknown) => {
      answers.delete(key);
      throw error;
    });
    for (const file of found.files) if (!versions.has(file)) versions.set(file, await fileVersion(file));
    return found;
  }

  /** Once for all servers that have it in common: its passphrase may take a person to give. */
  async function checkOnce({ checkedKeys }: Generation, keyFile: string, settings: SshSettings): Promise<void> {
    const key = JSON.stringify([keyFile, settings]);
    const check = checkedKeys.get(key) ?? checkKey(keyFile, settings);
    checkedKeys.set(key, check);
    await check.catch((error: unknown) => {
      checkedKeys.delete(key);
      throw error;
    });
  }

  return async (configuration, serverId) => {
    const server = configuration.servers.get(serverId);
    if (server === undefined) {
      throw new Failure('UnknownServer', `${serverId} is not in the inventory of ${configuration.file}`);
    }
    const { ssh: settings, sshConfig: use } = configuration;
    const generation = await generationOf(use.file);
    const key = JSON.stringify([server, settings, use]);
    const known = generation.targets.get(key);
    if (known) return (await known).target;
    const resolved = resolveRoute(server, {
      ...{ account, settings, use },
      ask: async (asked) => askOnce(generation, asked),
      usualKey: async () => usualKey(account.home),
      checkKey: async (keyFile, of) => checkOnce(generation, keyFile, of),
    });
    generation.targets.set(key, resolved);
    try {
      const found = await resolved;
      log.debug(lineOf(found), 'how this server is reached');
      return found.target;
    } catch (error) {
      // A correction counts at once.
      generation.targets.delete(key);
      throw error;
    }
  };
}

function lineOf({ target, fromSshConfig }: Resolved): Record<string, unknown> {
  const { serverId, host, port, user, keyFile, jumps } = target;
  return { serverId, host, port, user, key: keyFile ?? 'ssh-agent', jumps: jumps.map(formatEndpoint), fromSshConfig };
}

async function hasChanged(generation: Generation, time: number): Promise<boolean> {
  if (time - generation.looked < MIN_LOOK_MS) return false;
  generation.looked = time;
  const files = [...generation.versions];
  const versions = await Promise.all(files.map(async ([file]) => fileVersion(file)));
  return files.some(([, version], index) => version !== versions[index]);
}

import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Failure } from '../domain/failures/failure.ts';
import type { Logger } from '../logging/logger.ts';
import { claimFile, readHolder, type Claim, type Holder } from '../processes/claim-file.ts';
import { launchDevServer } from './launch-dev-server.ts';
import { isRunning, type ProcessIdentity } from '../processes/running-process.ts';
import { makeStateFolder } from './state-folder.ts';
import { isReachable } from './temporal-health.ts';

export interface DevServerOptions {
  /** Path of the Temporal CLI. */
  cli: string;
  /** Folder of the database, the lock and the log; null: all in memory, and nobody can attach. */
  stateDir: string | null;
  /** Of the worker that comes with it; others must know before they attach. */
  configuration: string;
  /** Default: 7233 and 8233, or free ones where those are taken. */
  port?: number;
  uiPort?: number;
  /** One line for the person at the terminal. */
  say: (line: string) => void;
  log: Logger;
}

export interface DevServer {
  /** `127.0.0.1:7233` */
  address: string;
  uiUrl: string;
  /** It belongs to another process, and ends with that. */
  attached: boolean;
  /** That of its worker. */
  configuration: string;
  /** Resolves with the exit status when our server ends, asked to or not; null: an attached one, its owner's to end. */
  exited: Promise<number | null>;
  /** Ends our server; leaves an attached one alone. */
  stop(): Promise<void>;
}

/** What `temporal.lock.json` says. Without an address the server is still starting. */
export interface ServerLock {
  address: string | null;
  uiUrl: string | null;
  /** Of the worker that comes with it. */
  configuration: string;
  database: string;
  /** Leader of the server's process group; null before there is one. */
  server: ProcessIdentity | null;
}

const START_TIMEOUT_MS = 30_000;

/**
 * The one Temporal dev server of a state folder: ours, or the living one of another process.
 * @throws Failure InvalidConfig if the folder or a port cannot be used, or the server does not start
 */
export async function startDevServer(options: DevServerOptions): Promise<DevServer> {
  const { stateDir, configuration, log, say } = options;
  if (stateDir === null)
    return ownServer({ ...(await launchDevServer({ ...options, database: null, logFile: null })), configuration });

  await makeStateFolder(stateDir);
  const database = join(stateDir, 'temporal.db');
  const startingLock: ServerLock = { address: null, uiUrl: null, configuration, database, server: null };
  const begin = Date.now();
  let waitReported = false;
  for (;;) {
    const outcome = await claimFile(join(stateDir, 'temporal.lock.json'), startingLock, isAlive);
    if (outcome.mine) return await startLocked({ ...options, stateDir }, startingLock, outcome.claim);
    const { pid, address, uiUrl } = outcome.holder;
    const isOwnerAlive = isRunning(outcome.holder); // else the server may still answer, but is about to end
    if (isOwnerAlive && address !== null && uiUrl !== null && (await isReachable(address))) {
      log.info({ address, owner: pid }, 'attached to a running Temporal server');
      return {
        address,
        uiUrl,
        attached: true,
        configuration: outcome.holder.configuration,
        exited: exitOf(outcome.holder),
        stop: async () => {},
      };
    }
    if (!waitReported && Date.now() > begin + 2000) {
      say(`Waiting for the Temporal server of process ${pid} in ${stateDir}.`);
      waitReported = true;
    }
    if (Date.now() > begin + START_TIMEOUT_MS) {
      const where = address === null ? '' : ` at ${address}`;
      throw new Failure(
        'InvalidConfig',
        `The Temporal server of process ${pid}${where} in ${stateDir} does not answer.`
      );
    }
    await delay(50);
  }
}

/** What the living owner of a state folder's Temporal says of it; null: there is none to attach to. */
export async function runningServer(stateDir: string): Promise<ServerLock | null> {
  const holder = await readHolder<ServerLock>(join(stateDir, 'temporal.lock.json'));
  return holder !== null && isRunning(holder) ? holder : null;
}

/** A dead owner's server ends by itself within seconds; the database is its own until then. */
function isAlive(holder: Holder<ServerLock>): boolean {
  return isRunning(holder) || (holder.server !== null && isRunning(holder.server));
}

/** Resolves when the server or its owner is gone: either way nothing answers there any more. */
async function exitOf(holder: Holder<ServerLock>): Promise<null> {
  const isThere = (): boolean => isRunning(holder) && (holder.server === null || isRunning(holder.server));
  while (isThere()) await delay(250, undefined, { ref: false });
  return null;
}

async function startLocked(
  options: DevServerOptions & { stateDir: string },
  lock: ServerLock,
  claim: Claim<ServerLock>
): Promise<DevServer> {
  try {
    const launched = await launchDevServer({
      ...options,
      database: lock.database,
      logFile: join(options.stateDir, 'temporal.log'),
      beforeStart: (server) => claim.update({ ...lock, server }),
    });
    const { address, uiUrl, supervisor: server } = launched;
    await claim.update({ ...lock, address, uiUrl, server });
    const exited = launched.exited.then(async (status) => {
      await claim.release();
      return status;
    });
    const stop = async () => {
      await claim.update({ ...lock, server }).catch(() => undefined); // nobody may attach any more
      await launched.stop();
    };
    return ownServer({ ...launched, configuration: lock.configuration, exited, stop });
  } catch (error) {
    await claim.release();
    throw error;
  }
}

function ownServer(server: Omit<DevServer, 'attached' | 'stop'> & { stop: () => Promise<unknown> }): DevServer {
  const { address, uiUrl, configuration, exited, stop } = server;
  return {
    address,
    uiUrl,
    attached: false,
    configuration,
    exited,
    stop: async () => {
      await stop();
      await exited;
    },
  };
}

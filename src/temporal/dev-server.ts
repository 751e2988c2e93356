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
  /** Folder of the database, the lock and the log; null: in memory, and other processes cannot attach. */
  stateDir: string | null;
  /** Name of the configuration of its worker: other processes compare it before they attach. */
  configuration: string;
  /** Default: 7233 and 8233, or free ports if those are in use. */
  port?: number;
  uiPort?: number;
  /** Prints one line for the user. */
  say: (line: string) => void;
  log: Logger;
}

export interface DevServer {
  /** `127.0.0.1:7233` */
  address: string;
  uiUrl: string;
  /** Whether the server belongs to another process, and ends with it. */
  attached: boolean;
  /** Name of the configuration of its worker. */
  configuration: string;
  /** Resolves with the exit status when the server ends; with null if the server was attached. */
  exited: Promise<number | null>;
  /** Stops the server, unless it was attached. */
  stop(): Promise<void>;
}

/** The content of `temporal.lock.json`. Without an address, the server is still starting. */
export interface ServerLock {
  address: string | null;
  uiUrl: string | null;
  /** Name of the configuration of its worker. */
  configuration: string;
  database: string;
  /** Leader of the server's process group; null before it is started. */
  server: ProcessIdentity | null;
}

const START_TIMEOUT_MS = 30_000;

/**
 * Starts the Temporal dev server of a state folder, or attaches to the running one of another process.
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
    const isOwnerAlive = isRunning(outcome.holder); // without its owner, the server may still answer but is about to end
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

/** The lock of the running Temporal of a state folder; null if none is running. */
export async function runningServer(stateDir: string): Promise<ServerLock | null> {
  const holder = await readHolder<ServerLock>(join(stateDir, 'temporal.lock.json'));
  return holder !== null && isRunning(holder) ? holder : null;
}

/** The server of a dead owner ends within seconds, and uses the database until then. */
function isAlive(holder: Holder<ServerLock>): boolean {
  return isRunning(holder) || (holder.server !== null && isRunning(holder.server));
}

/** Resolves when the server or its owner has ended. */
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
      await claim.update({ ...lock, server }).catch(() => undefined); // prevents other processes from attaching
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

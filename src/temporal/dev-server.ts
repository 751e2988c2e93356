import { setTimeout as delay } from 'node:timers/promises';
import { Failure } from '../domain/failures/failure.ts';
import { acquireLockFile, readLockHolder, type FileLock, type LockHolder } from '../processes/lock-file.ts';
import { isRunning, type ProcessIdentity } from '../processes/process-identity.ts';
import { launchDevServer, type LaunchOptions } from './launch-dev-server.ts';
import { lockFile, type ServerLock } from './server-lock.ts';
import { isReachable } from './temporal-health.ts';

export interface DevServerOptions extends Omit<LaunchOptions, 'beforeStart'> {
  /** Name of the configuration of its worker: other processes compare it before they attach. */
  configuration: string;
  /** Prints one line for the user. */
  say: (line: string) => void;
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

const ATTACH_TIMEOUT_MS = 30_000;
const REPORT_WAIT_AFTER_MS = 2_000;

/**
 * Starts the Temporal dev server of a state folder, or attaches to the running one of another process.
 * @throws Failure InvalidConfig if the folder or a port cannot be used, or the server does not start
 */
export async function startDevServer(options: DevServerOptions): Promise<DevServer> {
  const { stateDir, configuration, log, say } = options;
  const starting: ServerLock = { address: null, uiUrl: null, configuration, server: null };
  const begin = Date.now();
  let isReported = false;
  for (;;) {
    const outcome = await acquireLockFile(lockFile(stateDir), starting, isAlive);
    if (outcome.isAcquired) return startLocked(options, starting, outcome.lock);
    const attached = await attach(outcome.holder);
    const { pid, address } = outcome.holder;
    if (attached !== null) {
      log.info({ address, owner: pid }, 'attached to a running Temporal server');
      return attached;
    }
    if (!isReported && Date.now() > begin + REPORT_WAIT_AFTER_MS) {
      say(`Waiting for the Temporal server of process ${pid} in ${stateDir}.`);
      isReported = true;
    }
    if (Date.now() > begin + ATTACH_TIMEOUT_MS) throw notAnswering(outcome.holder, stateDir);
    await delay(50);
  }
}

/**
 * Attaches to the running server of a state folder, also if it is still starting; null if none runs.
 * @throws Failure InvalidConfig if it does not answer
 */
export async function attachToRunning(stateDir: string): Promise<DevServer | null> {
  const begin = Date.now();
  for (;;) {
    const holder = await readLockHolder<ServerLock>(lockFile(stateDir));
    if (holder === null || !isRunning(holder)) return null;
    const attached = await attach(holder);
    if (attached !== null) return attached;
    if (Date.now() > begin + ATTACH_TIMEOUT_MS) throw notAnswering(holder, stateDir);
    await delay(50);
  }
}

function notAnswering({ pid, address }: LockHolder<ServerLock>, stateDir: string): Failure {
  const where = address === null ? '' : ` at ${address}`;
  return new Failure('InvalidConfig', `The Temporal server of process ${pid}${where} in ${stateDir} does not answer.`);
}

/** The server of a dead owner ends within seconds, and uses the database until then. */
function isAlive(holder: LockHolder<ServerLock>): boolean {
  return isRunning(holder) || (holder.server !== null && isRunning(holder.server));
}

/** Null if the server does not answer, or will end soon because its owner has ended. */
async function attach(holder: LockHolder<ServerLock>): Promise<DevServer | null> {
  const { address, uiUrl, configuration } = holder;
  if (!isRunning(holder) || address === null || uiUrl === null || !(await isReachable(address))) return null;
  return { address, uiUrl, attached: true, configuration, exited: exitOf(holder), stop: async () => {} };
}

/** Resolves when the server or its owner has ended. */
async function exitOf(holder: LockHolder<ServerLock>): Promise<null> {
  const isServerRunning = (): boolean => isRunning(holder) && (holder.server === null || isRunning(holder.server));
  while (isServerRunning()) await delay(250, undefined, { ref: false });
  return null;
}

async function startLocked(
  options: DevServerOptions,
  lock: ServerLock,
  fileLock: FileLock<ServerLock>
): Promise<DevServer> {
  try {
    let server: ProcessIdentity | null = null;
    const beforeStart = (leader: ProcessIdentity): Promise<void> =>
      fileLock.update({ ...lock, server: (server = leader) });
    const launched = await launchDevServer({ ...options, beforeStart });
    const { address, uiUrl } = launched;
    await fileLock.update({ ...lock, address, uiUrl, server });
    const exited = launched.exited.finally(() => fileLock.release());
    return {
      ...{ address, uiUrl, attached: false, configuration: lock.configuration, exited },
      async stop() {
        await fileLock.update({ ...lock, server }).catch(() => undefined); // prevents other processes from attaching
        await launched.stop();
        await exited;
      },
    };
  } catch (error) {
    await fileLock.release();
    throw error;
  }
}

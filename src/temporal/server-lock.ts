/** Which process runs the Temporal of a state folder. */
import { join } from 'node:path';
import { readLockHolder } from '../processes/lock-file.ts';
import { isRunning, type ProcessIdentity } from '../processes/process-identity.ts';

/** The content of `temporal.lock.json`. Without an address, the server is still starting. */
export interface ServerLock {
  address: string | null;
  uiUrl: string | null;
  /** Name of the configuration of its worker. */
  configuration: string;
  /** Leader of the server's process group; null before it is started. */
  server: ProcessIdentity | null;
}

/** The lock of the running Temporal of a state folder; null if none is running. */
export async function runningServer(stateDir: string): Promise<ServerLock | null> {
  const holder = await readLockHolder<ServerLock>(lockFile(stateDir));
  return holder !== null && isRunning(holder) ? holder : null;
}

export function lockFile(stateDir: string): string {
  return join(stateDir, 'temporal.lock.json');
}

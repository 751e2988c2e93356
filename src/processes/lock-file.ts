import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { Failure } from '../domain/failures/failure.ts';
import { identify, isRunning, type ProcessIdentity } from './process-identity.ts';

/** The content of a lock file: the details, the id of the lock, and the process that holds it. */
export type LockHolder<T> = T & ProcessIdentity & { id: string };

/** A lock file that this process holds. At most one process holds a file at a time. */
export interface FileLock<T> {
  /** Does nothing after the release. */
  update(details: T): Promise<void>;
  release(): Promise<void>;
}

export type LockOutcome<T> = { isAcquired: true; lock: FileLock<T> } | { isAcquired: false; holder: LockHolder<T> };

/**
 * Creates the file, unless a running process holds it. The file of a dead process is taken over; if several try at the
 * same time, exactly one succeeds.
 *
 * A lock file is created atomically (hard link). Only its holder removes it. If the holder is dead, a process first acquires
 * a second lock, named after the id of the dead one: so it never removes a newer lock than the one that it has checked.
 * @throws Failure InvalidConfig if the file cannot be created, or is not a lock file
 */
export async function acquireLockFile<T extends object>(
  file: string,
  details: T,
  isAlive: (holder: LockHolder<T>) => boolean = isRunning
): Promise<LockOutcome<T>> {
  const self = { id: randomUUID(), ...identify(process.pid) };
  for (;;) {
    if (await create(file, { ...self, ...details })) return { isAcquired: true, lock: lockOn(file, self) };
    const holder = await readLockHolder<T>(file);
    if (holder === null) continue;
    if (isAlive(holder)) return { isAcquired: false, holder };
    await removeStaleLock(file, holder.id);
  }
}

/** The holder of a lock file; null if there is none. */
export async function readLockHolder<T extends object>(file: string): Promise<LockHolder<T> | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw unusable(file, error);
  }
  try {
    const holder = JSON.parse(text) as LockHolder<T>;
    const isOurs = typeof holder.id === 'string' && /^[0-9a-f-]{36}$/.test(holder.id) && Number.isInteger(holder.pid);
    if (isOurs) return holder;
  } catch {
    // not JSON
  }
  throw new Failure('InvalidConfig', `${file} is not a lock file of fleetmark. If no fleetmark is running, remove it.`);
}

function lockOn<T extends object>(file: string, self: ProcessIdentity & { id: string }): FileLock<T> {
  let isReleased = false;
  let last: Promise<void> = Promise.resolve();
  // In sequence: an update after the release would overwrite the lock of the next holder.
  const inTurn = (step: () => Promise<void>): Promise<void> => {
    const turn = last.then(() => (isReleased ? undefined : step()));
    last = turn.catch(() => undefined);
    return turn;
  };
  return {
    update: (details) =>
      inTurn(async () => {
        const draft = `${file}.${self.id}.new`;
        await writeFile(draft, JSON.stringify({ ...self, ...details }), { mode: 0o600 });
        await rename(draft, file);
      }),
    release: () =>
      inTurn(async () => {
        isReleased = true;
        await rm(file, { force: true });
      }),
  };
}

async function create(file: string, content: { id: string }): Promise<boolean> {
  const draft = `${file}.${content.id}.new`;
  try {
    await writeFile(draft, JSON.stringify(content), { mode: 0o600 });
    await link(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw unusable(file, error);
  } finally {
    await rm(draft, { force: true }).catch(() => undefined);
  }
}

async function removeStaleLock(file: string, id: string): Promise<void> {
  const removal = await acquireLockFile(`${file}.${id}`, {});
  if (!removal.isAcquired) {
    await delay(20);
    return;
  }
  if ((await readLockHolder(file))?.id === id) await rm(file, { force: true });
  await removal.lock.release();
}

function unusable(file: string, cause: unknown): Failure {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new Failure('InvalidConfig', `The lock file ${file} cannot be used: ${why}.`, { cause });
}

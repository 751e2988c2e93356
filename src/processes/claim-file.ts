import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { Failure } from '../domain/failures/failure.ts';
import { identify, isRunning, type ProcessIdentity } from './running-process.ts';

/** The content of a claim file: the details, the id of the claim, and the process that holds it. */
export type Holder<T> = T & ProcessIdentity & { id: string };

/** A lock file: one process at a time holds the claim on a path. */
export interface Claim<T> {
  /** Does nothing after the release. */
  update(details: T): Promise<void>;
  release(): Promise<void>;
}

export type ClaimOutcome<T> = { mine: true; claim: Claim<T> } | { mine: false; holder: Holder<T> };

/**
 * Creates the file, unless a running process holds it. The file of a dead process is taken over; if several try at the
 * same time, exactly one succeeds.
 *
 * A claim is created atomically (hard link). Only its running holder may remove it, or, when that is dead, the holder of
 * the claim on the removal of this claim: so no process removes a newer claim than the one it has checked.
 * @throws Failure InvalidConfig if the file cannot be created, or is not a claim
 */
export async function claimFile<T extends object>(
  file: string,
  details: T,
  isAlive: (holder: Holder<T>) => boolean = isRunning
): Promise<ClaimOutcome<T>> {
  const self = { id: randomUUID(), ...identify(process.pid) };
  for (;;) {
    if (await create(file, { ...self, ...details })) return { mine: true, claim: claimOn(file, self) };
    const holder = await readHolder<T>(file);
    if (holder === null) continue;
    if (isAlive(holder)) return { mine: false, holder };
    await removeStaleClaim(file, holder.id);
  }
}

/** The holder of a claim; null if there is none. */
export async function readHolder<T extends object>(file: string): Promise<Holder<T> | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw unusable(file, error);
  }
  try {
    const holder = JSON.parse(text) as Holder<T>;
    const isOurs = typeof holder.id === 'string' && /^[0-9a-f-]{36}$/.test(holder.id) && Number.isInteger(holder.pid);
    if (isOurs) return holder;
  } catch {
    // not JSON
  }
  throw new Failure('InvalidConfig', `${file} is not a lock file of fleetmark. If no fleetmark runs, remove it.`);
}

function claimOn<T extends object>(file: string, self: ProcessIdentity & { id: string }): Claim<T> {
  let isReleased = false;
  let last: Promise<void> = Promise.resolve();
  // In sequence: an update after the release would overwrite the claim of the next holder.
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

async function removeStaleClaim(file: string, id: string): Promise<void> {
  const removal = await claimFile(`${file}.${id}`, {});
  if (!removal.mine) {
    await delay(20);
    return;
  }
  if ((await readHolder(file))?.id === id) await rm(file, { force: true });
  await removal.claim.release();
}

function unusable(file: string, cause: unknown): Failure {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new Failure('InvalidConfig', `The lock file ${file} cannot be used: ${why}.`, { cause });
}

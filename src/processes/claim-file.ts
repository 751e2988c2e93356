import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { Failure } from '../domain/failures/failure.ts';
import { identify, isRunning, type ProcessIdentity } from './running-process.ts';

/** What a claim file says, besides its details: which claim it is, and the process that made it. */
export type Holder<T> = T & ProcessIdentity & { id: string };

/** A file that says "this is mine". Only one process at a time has the claim on a path. */
export interface Claim<T> {
  /** Does nothing once it is released. */
  update(details: T): Promise<void>;
  release(): Promise<void>;
}

export type ClaimOutcome<T> = { mine: true; claim: Claim<T> } | { mine: false; holder: Holder<T> };

/**
 * Makes the file, unless a living process has it. The file of a dead one is taken over; of many that try at once,
 * exactly one succeeds.
 *
 * A claim appears whole (hard link), and only two may remove it: its living holder, and, once that is dead, whoever
 * has the claim on the removal of this very claim. So nobody ever removes a claim that came after the one they judged.
 * @throws Failure InvalidConfig if the file cannot be made, or is not ours
 */
export async function claimFile<T extends object>(
  file: string,
  details: T,
  isLiving: (holder: Holder<T>) => boolean = isRunning
): Promise<ClaimOutcome<T>> {
  const self = { id: randomUUID(), ...identify(process.pid) };
  for (;;) {
    if (await create(file, { ...self, ...details })) return { mine: true, claim: claimOn(file, self) };
    const holder = await readHolder<T>(file);
    if (holder === null) continue;
    if (isLiving(holder)) return { mine: false, holder };
    await removeClaimOfTheDead(file, holder.id);
  }
}

/** Who has the claim; null: nobody. */
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
    // said below
  }
  throw new Failure('InvalidConfig', `${file} is not a lock file of fleetmark. If no fleetmark runs, remove it.`);
}

function claimOn<T extends object>(file: string, self: ProcessIdentity & { id: string }): Claim<T> {
  let isReleased = false;
  let last: Promise<void> = Promise.resolve();
  // One after another: an update that comes after the release would overwrite the next holder's claim.
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

async function removeClaimOfTheDead(file: string, id: string): Promise<void> {
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

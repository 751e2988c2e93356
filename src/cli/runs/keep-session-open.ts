import type { Client } from '@temporalio/client';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { exitCodes } from '../terminal/exit-code.ts';
import type { Interrupts } from '../terminal/interrupts.ts';
import { emptySnapshot } from './follow-run.ts';
import { leaveRun } from './leave-run.ts';
import { Refusal } from '../terminal/refusal.ts';
import type { TemporalSession } from './temporal-session.ts';
import { printableIds, unfinishedRuns } from './unfinished-runs.ts';

/** The rest of the shutdown must fit into the 14 s after a signal. */
const LEAVE_AFTER_MS = 10_000;

interface KeepOpenOptions {
  interrupts: Interrupts;
  /** The command to suggest if the Temporal ends unexpectedly. */
  again: string;
  say: (line: string) => unknown;
}

type Session = Pick<TemporalSession, 'client' | 'address' | 'lost'>;

/** Keeps a session open until a signal, then cancels its runs and waits up to 10 s for them. Resolves to the exit code. */
export async function keepSessionOpen(
  { client, address, lost }: Session,
  { interrupts: { signal, exitCode }, again, say }: KeepOpenOptions
): Promise<number> {
  const interrupted = signal.aborted ? Promise.resolve() : once(signal, 'abort').then(() => undefined);
  const why = await Promise.race([interrupted, lost]);
  if (why !== undefined) throw new Refusal(`${why}\nResume what was running: ${again}`, exitCodes.unjudged);
  const open = new Set<string>();
  const leaveTimeout = new AbortController();
  const left = delay(LEAVE_AFTER_MS, 'left' as const, { signal: leaveTimeout.signal });
  left.catch(() => undefined);
  const how = await Promise.race([cancelAll(client, open, say).catch(() => 'left' as const), lost, left]);
  leaveTimeout.abort();
  if (how !== 'left') return exitCodes.passed;
  if (open.size === 0) say(`the Temporal at ${address} does not answer: its runs could not be cancelled`);
  const lines = await Promise.all([...open].map((runId) => leaveLines(client, runId)));
  for (const line of lines.flat()) say(line);
  return exitCode() ?? exitCodes.passed;
}

/** @param open - receives the runs that have not ended yet */
async function cancelAll(client: Client, open: Set<string>, say: (line: string) => unknown): Promise<void> {
  const runs = await unfinishedRuns(client);
  if (runs.length > 0) say(`Cancelling ${printableIds(...runs)}`);
  for (const runId of runs) open.add(runId);
  await Promise.all(
    runs.map(async (runId) => {
      const handle = client.workflow.getHandle(runId);
      await handle.cancel();
      await handle.result().catch(() => undefined); // how it ended is in its history
      open.delete(runId);
    })
  );
}

async function leaveLines(client: Client, runId: string): Promise<string[]> {
  const handle = client.workflow.getHandle(runId);
  const known = { snapshot: emptySnapshot(), isCheck: false, cancelError: null, missing: Promise.resolve(null) };
  return (await leaveRun({ client, handle, ...known })).lines;
}

import { exitCodes } from '../terminal/exit-code.ts';
import { onInterrupt, type Interrupts } from '../terminal/interrupts.ts';
import type { TemporalSession } from './temporal-session.ts';
import { printableIds, unfinishedRuns } from './unfinished-runs.ts';

/** A Temporal that does not answer in this time is left. */
const ANSWER_MS = 5_000;

/**
 * The embedded Temporal ends with this process: waits for runs that other processes have started on it meanwhile, also after
 * a Ctrl-C, which was for our own run. SIGTERM ends all at once. What is left unfinished, `run --resume` finishes.
 * @param ownRun - Temporal may still list it as running; null: none was started, and no worker either
 * @param interrupts - of the whole command; after a wait, it has those of the wait only
 */
export async function waitForOtherRuns(
  { own, client, lost }: Pick<TemporalSession, 'own' | 'client' | 'lost'>,
  ownRun: string | null,
  interrupts: Pick<Interrupts, 'exitCode' | 'restart'>,
  say: (line: string) => unknown
): Promise<void> {
  if (!own || ownRun === null || interrupts.exitCode() === exitCodes.terminated) return;
  const unfinished = client.withDeadline(Date.now() + ANSWER_MS, () => unfinishedRuns(client)).catch(() => []);
  const others = (await Promise.race([unfinished, lost.then(() => [])])).filter((runId) => runId !== ownRun);
  if (others.length === 0) return;
  interrupts.restart();
  say(`Waiting for ${printableIds(...others)}, started here by another fleetmark. Press Ctrl-C to leave.`);
  let leave = (): void => undefined;
  const left = new Promise<void>((resolve) => (leave = resolve));
  const ofWait = onInterrupt(() => leave());
  const ends = others.map((runId) => client.workflow.getHandle(runId).result());
  await Promise.race([Promise.allSettled(ends), left, lost]);
  ofWait.stop();
}

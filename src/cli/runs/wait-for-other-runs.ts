import { exitCodes } from '../terminal/exit-code.ts';
import { onInterrupt, type Interrupts } from '../terminal/interrupts.ts';
import type { TemporalSession } from './temporal-session.ts';
import { printableIds, unfinishedRuns } from './unfinished-runs.ts';

/** A Temporal that does not answer in this time is left. */
const ANSWER_MS = 5_000;

/**
 * The embedded Temporal ends with this process: waits for runs that other processes have started on it meanwhile, until none
 * is left, also after a Ctrl-C, which was for our own run. SIGTERM ends all at once. What is left unfinished, `run --resume`
 * finishes.
 * @param ownRun - Temporal may still list it as running; null: it has not started
 * @param interrupts - of the whole command; after a wait, it has those of the wait only
 */
export async function waitForOtherRuns(
  { client, lost }: Pick<TemporalSession, 'client' | 'lost'>,
  ownRun: string | null,
  interrupts: Pick<Interrupts, 'exitCode' | 'restart'>,
  say: (line: string) => unknown
): Promise<void> {
  if (interrupts.exitCode() === exitCodes.terminated) return;
  const isLost = lost.then(() => []);
  const listOthers = async (): Promise<string[]> => {
    const unfinished = client.withDeadline(Date.now() + ANSWER_MS, () => unfinishedRuns(client)).catch(() => []);
    return (await Promise.race([unfinished, isLost])).filter((runId) => runId !== ownRun);
  };
  let others = await listOthers();
  if (others.length === 0) return;
  interrupts.restart();
  let leave = (): void => undefined;
  const left = new Promise<void>((resolve) => (leave = resolve));
  const ofWait = onInterrupt(() => leave());
  while (others.length > 0 && ofWait.exitCode() === null) {
    say(`Waiting for ${printableIds(...others)}, started here by another fleetmark. Press Ctrl-C to leave.`);
    const ends = others.map((runId) => client.workflow.getHandle(runId).result());
    await Promise.race([Promise.allSettled(ends), left, lost]);
    const before = others;
    // Temporal lists a run for a moment after its end.
    others = (await listOthers()).filter((runId) => !before.includes(runId));
  }
  ofWait.stop();
}

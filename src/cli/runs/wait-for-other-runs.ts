import { onInterrupt } from '../terminal/interrupts.ts';
import type { TemporalSession } from './temporal-session.ts';
import { printableIds, unfinishedRuns } from './unfinished-runs.ts';

/**
 * The embedded Temporal ends with this process: waits for runs that other processes have started on it meanwhile.
 * Resolves to null, or to the exit code of the signal that ended the wait; `run --resume` finishes them.
 * @param endedRun - the run that has just ended: Temporal may still list it as running
 */
export async function waitForOtherRuns(
  { own, client, lost }: Pick<TemporalSession, 'own' | 'client' | 'lost'>,
  endedRun: string,
  say: (line: string) => unknown
): Promise<number | null> {
  const others = own ? (await unfinishedRuns(client)).filter((runId) => runId !== endedRun) : [];
  if (others.length === 0) return null;
  say(`Waiting for ${printableIds(...others)}, started here by another fleetmark. Press Ctrl-C to leave.`);
  let leave = (): void => undefined;
  const left = new Promise<void>((resolve) => (leave = resolve));
  const interrupts = onInterrupt(() => leave());
  const ends = others.map((runId) => client.workflow.getHandle(runId).result());
  await Promise.race([Promise.allSettled(ends), left, lost]);
  interrupts.stop();
  return interrupts.exitCode();
}

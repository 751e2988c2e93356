import { activityInfo, log } from '@temporalio/activity';
import type { RunByHand } from '../domain/plans/plan.ts';
import type { Results, RunStart } from '../domain/records/records.ts';
import { readServerInput } from '../inventory/selection/fleet-input.ts';
import type { ActivityDependencies } from './dependencies.ts';

/** Best effort: a store that is away does not keep a run from its window, and gets all at its end. */
export async function recordStart(results: Results, start: Omit<RunStart, 'run' | 'temporalRunId'>): Promise<void> {
  const { workflowId: run, runId: temporalRunId } = activityInfo().workflowExecution!;
  await results.startRun({ ...start, run, temporalRunId }).catch((error: unknown) => {
    log.warn('the start of the run was not written into the results store; its end will be', { err: error });
  });
}

/**
 * Writes the start of a run of one server, with the arguments of `benchmarkServer`. Resolves to null if the run is not kept:
 * without a store, and for a check.
 * @throws Failure InvalidInput, UnknownServer
 */
export function startRunByHand({
  configuration,
  results,
}: ActivityDependencies): (
  args: unknown[],
  start: Pick<RunStart, 'startedAt' | 'schedule'>
) => Promise<RunByHand | null> {
  return async (args, start) => {
    const { serverId, checkOnly, ...measuring } = readServerInput(args, await configuration(0));
    if (results === null || checkOnly || !(await results.isConfigured())) return null;
    await recordStart(results, { ...start, note: null, serverIds: [serverId] });
    const selection = { limit: [serverId], sample: null, seed: null, of: 1 };
    return { selection, settings: { ...measuring, maxParallel: 1 } };
  };
}

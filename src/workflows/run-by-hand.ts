import {
  CancellationScope,
  getCurrentDetails,
  log,
  patched,
  proxyActivities,
  setCurrentDetails,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import type { RunByHand, ServerInput } from '../domain/plans/plan.ts';
import { aggregate } from '../domain/reports/fleet-report.ts';
import { tenths } from '../domain/values/numbers.ts';
import type { ServerRow } from '../domain/verdicts/server-row.ts';
import { recordEnd, startedBySchedule } from './record.ts';
import { describeError } from './workflow-failure.ts';

const { startRunByHand } = proxyActivities<Activities>({
  startToCloseTimeout: '1 minute',
  scheduleToCloseTimeout: '3 hours',
  summary: 'keep the start of the run',
});

/**
 * A server that no run has started is a run of its own in the results store, with the id of this workflow. Resolves to null if
 * it is not kept: without a store, in a check, or if its input is refused.
 */
export async function startByHand(args: unknown[]): Promise<RunByHand | null> {
  if (!patched('kept-by-hand')) return null;
  const { startTime } = workflowInfo();
  const start = { startedAt: startTime.toISOString(), schedule: startedBySchedule() };
  return startRunByHand(args, start).catch((error: unknown) => {
    log.warn('the results of this server will not be kept', { err: describeError(error) });
    return null;
  });
}

/** The `record` of a server whose run is this workflow. */
export function recordOf(kept: RunByHand | null): ServerInput['record'] {
  return kept === null ? undefined : { runStartedAt: workflowInfo().startTime.toISOString() };
}

export function withRecord(args: unknown[], kept: RunByHand | null): unknown[] {
  return kept === null ? args : [{ ...(args[0] as ServerInput), record: recordOf(kept) }];
}

/** Writes the end of the run. Resolves when the results are safe. */
export async function recordByHand(kept: RunByHand | null, row: ServerRow): Promise<void> {
  if (kept === null) return;
  const { workflowId, runId, startTime } = workflowInfo();
  const seconds = tenths((Date.now() - startTime.getTime()) / 1000);
  const facts = { run: workflowId, temporalRunId: runId, note: null, startedAt: startTime.toISOString(), seconds };
  const report = aggregate({ ...facts, ...kept }, [row]);
  const shown = getCurrentDetails();
  const isCancelled = CancellationScope.current().consideredCancelled;
  await recordEnd(report, { serverIds: [row.serverId], rows: [row], isCancelled });
  setCurrentDetails(shown);
}

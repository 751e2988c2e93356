import { isCancellation, proxySinks, workflowInfo } from '@temporalio/workflow';
import type { FleetPlan, ServerInput } from '../domain/plans/plan.ts';
import { outcomeOfRun, outcomeOfServer, type OutcomeSinks } from '../domain/records/outcomes.ts';
import type { FleetReport } from '../domain/reports/fleet-report.ts';
import type { ServerRow } from '../domain/verdicts/server-row.ts';

/**
 * Tells the worker what has ended, for its metrics; not again in a replay. Unlike `metricMeter`, a sink cannot throw into a
 * workflow, which would then stop: a gauge of the SDK throws for a negative number.
 */
const { outcomes } = proxySinks<OutcomeSinks>();

export function countRun(report: FleetReport, isCancelled: boolean): void {
  outcomes.runEnded(outcomeOfRun(report, isCancelled));
}

/** Counts a run that could not begin. @throws error again */
export function countRefusal(error: unknown): never {
  const seconds = (Date.now() - workflowInfo().startTime.getTime()) / 1000;
  outcomes.runEnded({ kind: 'run', result: isCancellation(error) ? 'cancelled' : 'refused', seconds });
  throw error;
}

/** In the workflow of a server. A check is not counted. */
export function countServer(row: ServerRow, { checkOnly }: Pick<ServerInput, 'checkOnly'>): void {
  if (!checkOnly) outcomes.serverEnded(outcomeOfServer(row));
}

/** In the run: counts the servers whose workflow did not begin, or did not end by itself. */
export function countUnstarted(row: ServerRow, plan: Pick<FleetPlan, 'checkOnly'>): void {
  if (row.temporalRunId === null) countServer(row, plan);
}

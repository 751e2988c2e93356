import { workflowInfo } from '@temporalio/workflow';
import type { FleetPlan, ServerInput } from '../domain/plans/plan.ts';
import { MAX_ROW_BYTES } from '../domain/reports/truncate-row.ts';
import { runIdBeforeReset } from './run-id-before-reset.ts';

/** What the workflow of a server gets from its run. @param next - the server that probably gets its place */
export function serverInput(
  serverId: string,
  plan: FleetPlan,
  maxRowBytes: number,
  next: string | undefined
): ServerInput {
  const { benchmarks, measureOnly, evenIfBusy, checkOnly, record, shown } = plan;
  return {
    ...{ serverId, benchmarks, measureOnly, evenIfBusy },
    ...(checkOnly ? { checkOnly } : { localSteps: true, ...(next !== undefined && { next }) }),
    ...(runIdBeforeReset() !== null && !checkOnly ? { afterReset: true } : {}),
    ...(maxRowBytes < MAX_ROW_BYTES ? { maxRowBytes } : {}),
    ...(record && { record: { runStartedAt: workflowInfo().startTime.toISOString() } }),
    ...(shown?.searchAttributes ? { searchAttributes: true } : {}),
  };
}

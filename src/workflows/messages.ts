import { defineQuery, defineSignal, getExternalWorkflowHandle, patched, workflowInfo } from '@temporalio/workflow';
import type { ServerInput } from '../domain/plans/plan.ts';
import type { FleetProgress } from '../domain/reports/fleet-progress.ts';

/** The progress of a run. `after`: how many rows the caller already has; `withIds`: include the ids of all servers. */
export const progressQuery = defineQuery<FleetProgress, [after?: number, withIds?: boolean]>('progress');

/** From a server to its run: the server accepted the key. */
export const reachedSignal = defineSignal('reached');

/** Signals the parent run that the server accepted the key, if the run asked for it. */
export function signalAuthenticated(args: readonly unknown[]): void {
  const { parent } = workflowInfo();
  const [input] = args as [ServerInput | null | undefined];
  if (parent === undefined || input?.tellWhenReached !== true || !patched('tell-reached')) return;
  // If the run has ended, the signal is not needed.
  void getExternalWorkflowHandle(parent.workflowId, parent.runId)
    .signal(reachedSignal)
    .catch(() => undefined);
}

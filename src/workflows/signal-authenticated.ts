import { getExternalWorkflowHandle, patched, workflowInfo } from '@temporalio/workflow';
import type { ServerInput } from '../domain/plans/plan.ts';
import { reachedSignal } from './messages.ts';

/** Tells the run that started this server's workflow, if it asked to be told, that the server has let us in. */
export function signalAuthenticated(args: readonly unknown[]): void {
  const { parent } = workflowInfo();
  const [input] = args as [ServerInput | null | undefined];
  if (parent === undefined || input?.tellWhenReached !== true || !patched('tell-reached')) return;
  // Where the run is gone, nobody needs to know.
  void getExternalWorkflowHandle(parent.workflowId, parent.runId)
    .signal(reachedSignal)
    .catch(() => undefined);
}

import { getExternalWorkflowHandle, patched, workflowInfo } from '@temporalio/workflow';
import type { ServerInput } from '../domain/plans/plan.ts';
import { reachedSignal } from './messages.ts';

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

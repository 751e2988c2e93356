import { workflowInfo } from '@temporalio/workflow';

/** The run id before the workflow was reset; null if it was not. A reset workflow continues under a new run id. */
export function runIdBeforeReset(): string | null {
  const { runId, originalExecutionRunId } = workflowInfo();
  return runId === originalExecutionRunId ? null : originalExecutionRunId;
}

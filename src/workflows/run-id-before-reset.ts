import { workflowInfo } from '@temporalio/workflow';

/** The run id before the workflow was reset; null: it was not. A reset goes on under a new one, with the history until then. */
export function runIdBeforeReset(): string | null {
  const { runId, originalExecutionRunId } = workflowInfo();
  return runId === originalExecutionRunId ? null : originalExecutionRunId;
}

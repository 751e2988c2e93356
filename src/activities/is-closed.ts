import { getClient } from '@temporalio/activity';

/**
 * Whether this run of a workflow has ended, by its close time: a paused one has another status than RUNNING and goes on.
 * Rejects if this Temporal does not know the run, or does not answer.
 */
export async function isClosed({ workflowId, runId }: { workflowId: string; runId: string }): Promise<boolean> {
  const { closeTime } = await getClient().workflow.getHandle(workflowId, runId).describe();
  return closeTime !== undefined;
}

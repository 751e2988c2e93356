import { activityInfo } from '@temporalio/activity';
import { serverOfWorkflow } from '../domain/servers/server.ts';
import { stateOf, type Execution } from './workflow-state.ts';

/**
 * The id under which the current run measures this machine, if the holder of its guard is another server of this run; else
 * null. What the guard says is untrusted: Temporal is asked whose child the holder is.
 */
export async function otherIdInThisRun(holder: Execution): Promise<string | null> {
  const own = activityInfo().workflowExecution;
  const serverId = serverOfWorkflow(holder.workflowId);
  if (own === undefined || serverId === null || holder.workflowId === own.workflowId) return null;
  try {
    const [ours, theirs] = await Promise.all([runOf(own), runOf(holder)]);
    return ours !== null && ours === theirs ? serverId : null;
  } catch {
    return null; // not found: it belongs to another Temporal
  }
}

/** The run whose child a workflow is; null if it has none, or has ended. */
async function runOf(execution: Execution): Promise<string | null> {
  const { isClosed, parent } = await stateOf(execution);
  return parent === null || isClosed ? null : `${parent.workflowId} ${parent.runId}`;
}

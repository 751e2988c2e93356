import { activityInfo, cancelled, getClient, log } from '@temporalio/activity';

/** How many ancestors are checked: the server's workflow, its run, and the parent of that. */
const MAX_ANCESTORS = 3;

/**
 * Prevents a new attempt of a cancelled run. If no worker was running when the run was cancelled, the next worker may get
 * the retried activity before the cancellation.
 * @throws CancelledFailure as soon as Temporal delivers it, if the workflow or an ancestor is being cancelled
 */
export async function refuseIfCancelled(): Promise<void> {
  if (activityInfo().attempt > 1 && (await isCancelRequested())) await cancelled();
}

async function isCancelRequested(): Promise<boolean> {
  let { workflowId, runId }: { workflowId?: string | null; runId?: string | null } =
    activityInfo().workflowExecution ?? {};
  try {
    for (let generation = 0; workflowId && runId && generation < MAX_ANCESTORS; generation += 1) {
      const { raw } = await getClient().workflow.getHandle(workflowId, runId).describe();
      if (raw.workflowExtendedInfo?.cancelRequested) return true;
      ({ workflowId, runId } = raw.workflowExecutionInfo?.parentExecution ?? {});
    }
  } catch (error) {
    log.warn('could not find out whether the run is being cancelled; continuing', { err: error });
  }
  return false;
}

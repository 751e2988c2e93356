import { activityInfo, cancelled, getClient, log } from '@temporalio/activity';

/** A server's workflow, its run, and whoever started that. */
const MAX_ANCESTORS = 3;

/**
 * Never lets an attempt begin whose end was asked for already. When no worker was there to process a cancel, the next
 * worker may get the attempt of a lost one first, and only then be told.
 * @throws CancelledFailure once Temporal tells, if the workflow or one that started it is being cancelled
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
    log.warn('whether its run is being cancelled could not be found out; it goes on', { err: error });
  }
  return false;
}

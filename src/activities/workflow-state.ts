import { activityInfo, cancellationDetails, cancelled, getClient, log } from '@temporalio/activity';

/** The number of ancestors that are checked: the server's workflow, the run, and the parent of the run. */
const MAX_ANCESTORS = 3;

/**
 * Whether this run of a workflow has ended, by its close time: a paused one has another status than RUNNING and goes on.
 * Rejects if this Temporal does not know the run, or does not answer.
 */
export async function isClosed({ workflowId, runId }: { workflowId: string; runId: string }): Promise<boolean> {
  const { closeTime } = await getClient().workflow.getHandle(workflowId, runId).describe();
  return closeTime !== undefined;
}

/**
 * Whether a cancelled activity must end its job. Only if the run was cancelled or reset: after a worker shutdown, a timeout
 * or a newer attempt, the next attempt follows the job.
 */
export async function mustEndJob(): Promise<boolean> {
  const why = cancellationDetails();
  if (why?.cancelRequested || why?.reset) return true;
  // `notFound` means that this attempt is over, but not why: its workflow may be closed, or another attempt may be
  // running.
  const { workflowExecution } = activityInfo();
  if (!why?.notFound || workflowExecution === undefined) return why?.notFound === true;
  try {
    return await isClosed(workflowExecution);
  } catch (error) {
    log.warn('could not find out whether the workflow is still running; keeping its job', { err: error });
    return false;
  }
}

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

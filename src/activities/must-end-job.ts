import { activityInfo, cancellationDetails, getClient, log } from '@temporalio/activity';

/**
 * Whether a cancelled activity must end the job that it followed. Only if somebody asked for it: a worker that shuts
 * down, a limit that passed and a newer attempt all leave the job to whoever comes next.
 */
export async function mustEndJob(): Promise<boolean> {
  const why = cancellationDetails();
  if (why?.cancelRequested || why?.reset) return true;
  return why?.notFound === true && !(await isRunning());
}

/** `notFound` says that this attempt is over, not why: its workflow may be closed, or another attempt be at work. */
async function isRunning(): Promise<boolean> {
  const { workflowExecution } = activityInfo();
  if (workflowExecution === undefined) return false;
  try {
    const { workflowId, runId } = workflowExecution;
    const { closeTime } = await getClient().workflow.getHandle(workflowId, runId).describe();
    return closeTime === undefined; // a paused one has another status than RUNNING, and goes on
  } catch (error) {
    log.warn('whether the workflow still runs could not be found out; its job is left alone', { err: error });
    return true;
  }
}

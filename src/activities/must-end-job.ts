import { activityInfo, cancellationDetails, log } from '@temporalio/activity';
import { isClosed } from './is-closed.ts';

/**
 * Whether a cancelled activity must end its job. Only if the run was cancelled or reset: after a worker shutdown, a timeout
 * or a newer attempt, the next attempt follows the job.
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
    return !(await isClosed(workflowExecution));
  } catch (error) {
    log.warn('could not find out whether the workflow is still running; keeping its job', { err: error });
    return true;
  }
}

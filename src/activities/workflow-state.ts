import { activityInfo, cancellationDetails, cancelled, getClient, log } from '@temporalio/activity';

/** The number of ancestors that are checked: the server's workflow, the run, and the parent of the run. */
const MAX_ANCESTORS = 3;

/** A run of a workflow. */
export interface Execution {
  workflowId: string;
  runId: string;
}

interface ExecutionState {
  /** By its close time: a paused one has another status than RUNNING and goes on. */
  isClosed: boolean;
  isCancelRequested: boolean;
  /** Null: it is no child. */
  parent: Execution | null;
}

/** Rejects if this Temporal does not know the run, or does not answer. */
export async function stateOf({ workflowId, runId }: Execution): Promise<ExecutionState> {
  const { closeTime, raw } = await getClient().workflow.getHandle(workflowId, runId).describe();
  const { workflowId: parentId, runId: parentRunId } = raw.workflowExecutionInfo?.parentExecution ?? {};
  return {
    isClosed: closeTime !== undefined,
    isCancelRequested: raw.workflowExtendedInfo?.cancelRequested === true,
    parent: parentId && parentRunId ? { workflowId: parentId, runId: parentRunId } : null,
  };
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
    return (await stateOf(workflowExecution)).isClosed;
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
  let execution: Execution | null = activityInfo().workflowExecution ?? null;
  try {
    for (let generation = 0; execution !== null && generation < MAX_ANCESTORS; generation += 1) {
      const state: ExecutionState = await stateOf(execution);
      if (state.isCancelRequested) return true;
      execution = state.parent;
    }
  } catch (error) {
    log.warn('could not find out whether the run is being cancelled; continuing', { err: error });
  }
  return false;
}

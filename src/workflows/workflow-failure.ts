import { TimeoutType } from '@temporalio/common';
import {
  ActivityFailure,
  ApplicationFailure,
  ChildWorkflowFailure,
  isCancellation,
  TemporalFailure,
  TerminatedFailure,
  TimeoutFailure,
} from '@temporalio/workflow';
import type { RowError } from '../domain/failures/failure.ts';

/**
 * Runs the body of a workflow and makes any error fail the workflow. Temporal would retry the workflow task for ever if
 * workflow code threw a plain Error. The failure of an activity becomes the failure of the workflow.
 */
export async function failClosed<Result>(body: () => Promise<Result>): Promise<Result> {
  try {
    return await body();
  } catch (error) {
    const own = error instanceof TemporalFailure && !(error instanceof ActivityFailure);
    if (own || isCancellation(error)) throw error;
    const { type, message } = describeError(error);
    throw ApplicationFailure.nonRetryable(message, type);
  }
}

/** Type and message of the innermost cause of an error. */
export function describeError(error: unknown): RowError {
  const cause = innermost(error);
  if (cause instanceof ApplicationFailure) {
    if (cause.type === 'WorkerShutdown') return jobLost('its worker was stopped');
    return { type: cause.type ?? 'ApplicationFailure', message: cause.message };
  }
  if (cause instanceof TimeoutFailure) return describeTimeout(cause.timeoutType);
  if (cause instanceof TerminatedFailure) return { type: 'Terminated', message: 'its workflow was terminated' };
  if (cause instanceof Error) return { type: cause.name, message: cause.message };
  return { type: 'Unknown', message: String(cause) };
}

/** The error for an invalid activity result. @param what - the expected result: `a benchmark` */
export function malformedResult(what: string): RowError {
  const message = `its worker returned an invalid result of ${what}; it may have another version`;
  return { type: 'MalformedResult', message };
}

/** Whether an activity timed out. As a workflow replays, the timeout of a local activity has no ActivityFailure around it. */
export function isActivityTimeout(error: unknown): boolean {
  return innermost(error) instanceof TimeoutFailure;
}

/** Activities enforce the limits of servers themselves, so a Temporal timeout always means a lost worker. */
function describeTimeout(timeout: TimeoutType): RowError {
  if (timeout === TimeoutType.HEARTBEAT) return jobLost('its worker was lost');
  return { type: 'WorkerLost', message: `no worker completed it in time (${timeout})` };
}

function jobLost(why: string): RowError {
  return { type: 'JobLost', message: `${why} while the benchmark ran` };
}

function innermost(error: unknown): unknown {
  const wraps = error instanceof ChildWorkflowFailure || error instanceof ActivityFailure;
  return wraps && error.cause !== undefined ? innermost(error.cause) : error;
}

/** The first detail of the innermost failure: the row of a server, or the output of a benchmark. */
export function detailsOf(error: unknown): unknown {
  const cause = innermost(error);
  return cause instanceof ApplicationFailure ? cause.details?.[0] : undefined;
}

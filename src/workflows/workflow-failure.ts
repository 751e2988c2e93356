import { ApplicationFailureCategory, TimeoutType } from '@temporalio/common';
import {
  ActivityFailure,
  ApplicationFailure,
  ChildWorkflowFailure,
  isCancellation,
  TemporalFailure,
  TerminatedFailure,
  TimeoutFailure,
} from '@temporalio/workflow';
import { isFailureKind } from '../domain/failures/failure.ts';
import type { RowError } from '../domain/failures/failure.ts';
import { whyOf } from '../domain/reports/said-once.ts';
import { failureDetails, unmeasuredRow } from '../domain/verdicts/server-row.ts';
import type { ServerRow } from '../domain/verdicts/server-row.ts';
import { isWrongResult } from '../domain/verdicts/shortfall-advice.ts';
import { printable } from '../domain/values/untrusted.ts';

/** Characters of the message of a failed server; the row in its details has all. */
const MESSAGE_LIMIT = 1_000;

/**
 * Runs the body of a workflow so that it always ends. A plain Error, a string or undefined thrown in workflow code would
 * fail its workflow task again and again and leave the execution open for ever. What an activity failed with comes out
 * on top, where people look.
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

/** Type and message of whatever was thrown, from the failure in which the story begins. */
export function describeError(error: unknown): RowError {
  const cause = innermost(error);
  if (cause instanceof ApplicationFailure) {
    if (cause.type === 'WorkerShutdown') return jobLost('its worker was stopped');
    return { type: cause.type ?? 'ApplicationFailure', message: cause.message };
  }
  if (cause instanceof TimeoutFailure) return describeTimeout(cause.timeoutType);
  if (cause instanceof TerminatedFailure) return { type: 'Terminated', message: 'its workflow was terminated by hand' };
  if (cause instanceof Error) return { type: cause.name, message: cause.message };
  return { type: 'Unknown', message: String(cause) };
}

/** The row of a server whose workflow came to nothing: busy where others work on it, which is not its fault. */
export function unjudgedRow(serverId: string, error: RowError): ServerRow {
  return unmeasuredRow(serverId, error.type === 'ServerBusy' ? 'busy' : 'error', error);
}

/** What an activity returned cannot be read. @param what it should have been: `a benchmark` */
export function malformedResult(what: string): RowError {
  const message = `its worker returned something that is not the result of ${what}: is it of another version?`;
  return { type: 'MalformedResult', message };
}

/** No worker answered in time: the activity itself did not end. */
export function isActivityTimeout(error: unknown): boolean {
  return error instanceof ActivityFailure && error.cause instanceof TimeoutFailure;
}

/** The limits that are about a server are kept by the activities: all of Temporal's are about workers. */
function describeTimeout(timeout: TimeoutType): RowError {
  if (timeout === TimeoutType.HEARTBEAT) return jobLost('its worker was lost');
  return { type: 'WorkerLost', message: `no worker came to an end with it: the time limit ${timeout} passed` };
}

function jobLost(why: string): RowError {
  return { type: 'JobLost', message: `${why} while the benchmark ran` };
}

function innermost(error: unknown): unknown {
  const wraps = error instanceof ChildWorkflowFailure || error instanceof ActivityFailure;
  return wraps && error.cause !== undefined ? innermost(error.cause) : error;
}

/** The failure with which a server's workflow ends: of the type of its error, or below expectation, with its whole row. */
export function serverFailure(row: ServerRow): ApplicationFailure {
  const result = row.verdict === 'fail' || row.verdict === 'cancelled' || isFailureKind(row.error?.type);
  const failure = ApplicationFailure.create({
    type: typeOf(row),
    message: printable(`${row.serverId} ${row.verdict} ${whyOf(row) ?? ''}`, MESSAGE_LIMIT),
    nonRetryable: true,
    details: failureDetails(row),
    // A slow or unreachable machine is a result of this service, not a fault of it.
    ...(result ? { category: ApplicationFailureCategory.BENIGN } : {}),
  });
  failure.stack = ''; // where in our code it was made is nobody's business in the Web UI
  return failure;
}

function typeOf({ verdict, error, benchmarks }: ServerRow): string {
  if (verdict === 'fail') {
    const isWrong = benchmarks.some(({ shortfalls }) => shortfalls.some(isWrongResult));
    return isWrong ? 'WrongResult' : 'PerformanceBelowExpected';
  }
  return verdict === 'cancelled' ? 'Cancelled' : (error?.type ?? 'Unknown');
}

/** The details of the innermost failure: a server's row, if its workflow got as far as that. */
export function detailsOf(error: unknown): unknown {
  const cause = innermost(error);
  return cause instanceof ApplicationFailure ? cause.details?.[0] : undefined;
}

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

/** Maximum length of the failure message; the row in the details is complete. */
const MESSAGE_LIMIT = 1_000;

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

/** The row of a server that could not be judged: `busy` if it is in use, otherwise `error`. */
export function unjudgedRow(serverId: string, error: RowError): ServerRow {
  return unmeasuredRow(serverId, error.type === 'ServerBusy' ? 'busy' : 'error', error);
}

/** The error for an invalid activity result. @param what - the expected result: `a benchmark` */
export function malformedResult(what: string): RowError {
  const message = `its worker returned an invalid result of ${what}; it may have another version`;
  return { type: 'MalformedResult', message };
}

/** Whether an activity timed out because no worker completed it. */
export function isActivityTimeout(error: unknown): boolean {
  return error instanceof ActivityFailure && error.cause instanceof TimeoutFailure;
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

/** The failure of a server's workflow: its type is that of the error or shortfall, its details contain the row. */
export function serverFailure(row: ServerRow): ApplicationFailure {
  const result = row.verdict === 'fail' || row.verdict === 'cancelled' || isFailureKind(row.error?.type);
  const failure = ApplicationFailure.create({
    type: typeOf(row),
    message: printable(`${row.serverId} ${row.verdict} ${whyOf(row) ?? ''}`, MESSAGE_LIMIT),
    nonRetryable: true,
    details: failureDetails(row),
    // A slow or unreachable server is a result, not a bug in this service.
    ...(result ? { category: ApplicationFailureCategory.BENIGN } : {}),
  });
  failure.stack = ''; // the Web UI should not show a stack trace of fleetmark
  return failure;
}

function typeOf({ verdict, error, benchmarks }: ServerRow): string {
  if (verdict === 'fail') {
    const isWrong = benchmarks.some(({ shortfalls }) => shortfalls.some(isWrongResult));
    return isWrong ? 'WrongResult' : 'PerformanceBelowExpected';
  }
  return verdict === 'cancelled' ? 'Cancelled' : (error?.type ?? 'Unknown');
}

/** The details of the innermost failure: a server's row, if there is one. */
export function detailsOf(error: unknown): unknown {
  const cause = innermost(error);
  return cause instanceof ApplicationFailure ? cause.details?.[0] : undefined;
}

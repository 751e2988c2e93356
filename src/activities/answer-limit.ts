import { activityInfo, cancellationSignal, Context } from '@temporalio/activity';
import { Failure } from '../domain/failures/failure.ts';
import { withTimeout } from '../waiting/with-timeout.ts';

/** From the end of its time until work that does not obey is left alone. */
const ABORT_GRACE_MS = 1_000;

/**
 * Limits what an activity does with a server on the clock of this worker. Temporal takes the end of its own limits for
 * the loss of a worker, and tries again; a server that does not answer is no such loss.
 * @throws Failure the given one
 */
export async function withTimeLimit<Result>(
  ms: number,
  reason: Failure,
  work: (signal: AbortSignal) => Promise<Result>
): Promise<Result> {
  return withTimeout(ms, work, { reason, signal: cancellationSignal(), graceMs: ABORT_GRACE_MS });
}

/** Of a server that has let us in. @param what - did not come: `the end of its job` */
export function unresponsive(what: string, ms: number): Failure {
  const seconds = Math.round(ms / 100) / 10;
  return new Failure(
    'ServerUnresponsive',
    `the server let us in and then did not answer: ${what} did not come within ${seconds} s`
  );
}

const attemptStarts = new WeakMap<Context, number>();

/**
 * Milliseconds since the activity was scheduled: up to this attempt on Temporal's clock, from then on on the monotonic
 * clock of this worker. Two workers agree on it, whatever the time of day is to each of them.
 */
export function sinceScheduledMs(): number {
  const context = Context.current();
  const began = attemptStarts.get(context) ?? performance.now();
  attemptStarts.set(context, began);
  const { scheduledTimestampMs, currentAttemptScheduledTimestampMs } = activityInfo();
  return currentAttemptScheduledTimestampMs - scheduledTimestampMs + (performance.now() - began);
}

import { cancellationSignal } from '@temporalio/activity';
import { Failure } from '../domain/failures/failure.ts';
import { withTimeout } from '../waiting/with-timeout.ts';

/** After the limit, work gets this long to react to the abort signal. */
const ABORT_GRACE_MS = 1_000;

/**
 * Limits the time of work on a server with the clock of this worker. A Temporal timeout would mean a lost worker and would
 * be retried; a server that does not answer must not be.
 * @throws Failure `reason`
 */
export async function withTimeLimit<Result>(
  ms: number,
  reason: Failure,
  work: (signal: AbortSignal) => Promise<Result>
): Promise<Result> {
  return withTimeout(ms, work, { reason, signal: cancellationSignal(), graceMs: ABORT_GRACE_MS });
}

/** The failure of a server that stopped answering after login. @param what - what did not arrive: `the end of its job` */
export function unresponsive(what: string, ms: number): Failure {
  const seconds = Math.round(ms / 100) / 10;
  return new Failure(
    'ServerUnresponsive',
    `the server accepted the login but then did not answer: ${what} did not arrive within ${seconds} s`
  );
}

import { Failure } from '../../domain/failures/failure.ts';
import type { Logger } from '../../logging/logger.ts';
import { backoffMs } from '../../waiting/backoff.ts';
import { pause } from '../../waiting/first-of.ts';

const FIRST_DELAY_MS = 1_000;

/** Failures that were retried until the timeout, for example for another server behind the same jump host. */
const exhausted = new WeakSet<Failure>();

/** Waits for a promise; the time does not count against the server. */
export type Waiting = <T>(promise: Promise<T>) => Promise<T>;

/**
 * Retries after `ServerUnreachable` with back-off from 1 s, until `giveUpAfterMs` have passed, not counting the time in
 * `waiting`. Then throws the last failure, with the attempts in its message. Aborted: rejects with the signal's reason.
 */
export async function retryUnreachable<T>(
  attempt: (waiting: Waiting) => Promise<T>,
  { giveUpAfterMs, log, signal }: { giveUpAfterMs: number; log: Logger; signal: AbortSignal }
): Promise<T> {
  const start = performance.now();
  let waitedMs = 0;
  const waiting: Waiting = async (promise) => {
    const since = performance.now();
    try {
      return await promise;
    } finally {
      waitedMs += performance.now() - since;
    }
  };
  for (let attempts = 1; ; attempts++) {
    try {
      return await attempt(waiting);
    } catch (error) {
      if (!(error instanceof Failure) || error.kind !== 'ServerUnreachable' || exhausted.has(error)) throw error;
      const passedMs = performance.now() - start - waitedMs;
      const delayMs = backoffMs(FIRST_DELAY_MS, attempts);
      if (passedMs + delayMs > giveUpAfterMs) throw givenUp(error, attempts, passedMs);
      log.info({ attempts, delayMs: Math.round(delayMs) }, `${error.message}; trying again`);
      await pause(delayMs, signal);
    }
  }
}

function givenUp(last: Failure, attempts: number, passedMs: number): Failure {
  const tried = attempts === 1 ? '1 attempt' : `${attempts} attempts in ${(passedMs / 1000).toFixed(1)} s`;
  const failure = new Failure('ServerUnreachable', `${last.message} (${tried})`, { cause: last });
  exhausted.add(failure);
  return failure;
}

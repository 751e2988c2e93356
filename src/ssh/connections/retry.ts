import { Failure } from '../../domain/failures/failure.ts';
import type { Logger } from '../../logging/logger.ts';
import { backoffMs } from '../../waiting/backoff.ts';
import { pause } from '../../waiting/first-of.ts';

/** Before the first repetition. */
const FIRST_DELAY_MS = 1_000;

/** Those that were tried for long enough, maybe on behalf of others. */
const exhausted = new WeakSet<Failure>();

/** Waits for what an attempt needs first, and what it is not to blame for. */
export type Waiting = <T>(promise: Promise<T>) => Promise<T>;

/**
 * Repeats what fails with `ServerUnreachable`, after 1, 2, 4, 8, ... s (up to a half less, at random, so that many
 * workers do not come back at the same moment), until `giveUpAfterMs` have passed since the first try, without what it
 * spent in `waiting`. The last failure is thrown, with the attempts in its message; one that has come to this already is
 * passed on as it is. Aborted: rejects with the reason of the signal.
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

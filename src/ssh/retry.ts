import { Failure } from '../domain/failure.ts';
import type { Logger } from '../logging/logger.ts';
import { pause } from './first-of.ts';

const longestDelayMs = 15_000;

/**
 * Repeats what fails with `ServerUnreachable`, after 1, 2, 4, 8, ... s (up to a half less, at random, so that many
 * workers do not come back at the same moment), until `giveUpAfterMs` have passed since the first try. The last failure
 * is thrown, with the attempts in its message. Aborted: rejects with the reason of the signal.
 */
export async function retryUnreachable<T>(
  attempt: () => Promise<T>,
  { giveUpAfterMs, log, signal }: { giveUpAfterMs: number; log: Logger; signal: AbortSignal }
): Promise<T> {
  const start = performance.now();
  for (let attempts = 1; ; attempts++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof Failure) || error.kind !== 'ServerUnreachable') throw error;
      const passedMs = performance.now() - start;
      const delayMs = Math.min(1000 * 2 ** (attempts - 1), longestDelayMs) * (1 - Math.random() / 2);
      if (passedMs + delayMs > giveUpAfterMs) throw exhausted(error, attempts, passedMs);
      log.info({ attempts, delayMs: Math.round(delayMs) }, `${error.message}; trying again`);
      await pause(delayMs, signal);
    }
  }
}

function exhausted(last: Failure, attempts: number, passedMs: number): Failure {
  const tried = attempts === 1 ? '1 attempt' : `${attempts} attempts in ${(passedMs / 1000).toFixed(1)} s`;
  return new Failure('ServerUnreachable', `${last.message} (${tried})`, { cause: last });
}

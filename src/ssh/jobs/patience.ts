import { Failure } from '../../domain/failure.ts';
import type { Logger } from '../../logging/logger.ts';
import { pause } from '../first-of.ts';

const longestDelayMs = 15_000;

export interface Patience {
  /** From the first failure to the last attempt. */
  patienceMs: number;
  /** The server has answered before: that it cannot be reached now will pass. */
  reached: boolean;
  log: Logger;
  signal: AbortSignal;
}

/**
 * Repeats what a lost connection cut off, at once and then after 0.2, 0.4, 0.8, ... s, until the patience is at its end;
 * then the last failure is thrown. Aborted: rejects with the reason of the signal.
 */
export async function withPatience<T>(
  attempt: () => Promise<T>,
  { patienceMs, reached, log, signal }: Patience
): Promise<T> {
  const start = performance.now();
  for (let failures = 0; ; failures++) {
    signal.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (error.kind === 'ConnectionLost') reached = true;
      else if (error.kind !== 'ServerUnreachable' || !reached) throw error;
      const delayMs = failures === 0 ? 0 : Math.min(100 * 2 ** failures, longestDelayMs) * (1 - Math.random() / 2);
      if (performance.now() - start + delayMs > patienceMs) throw error;
      log.info({ delayMs: Math.round(delayMs) }, `${error.message}; asking again`);
      await pause(delayMs, signal);
    }
  }
}

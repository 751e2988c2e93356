import { Failure } from '../../domain/failures/failure.ts';
import type { Logger } from '../../logging/logger.ts';
import { backoffMs } from '../../waiting/backoff.ts';
import { pause } from '../../waiting/first-of.ts';

/** Delay before the second retry; the first one is immediate. */
const FIRST_DELAY_MS = 200;

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
 * then the last failure is thrown. Aborted: rejects with the reason of the signal, to which {@link withCause} adds.
 */
export async function withPatience<T>(
  attempt: () => Promise<T>,
  { patienceMs, reached, log, signal }: Patience
): Promise<T> {
  const start = performance.now();
  let last: Failure | null = null;
  for (let failures = 0; ; failures++) {
    try {
      signal.throwIfAborted();
      return await attempt();
    } catch (error) {
      if (signal.aborted && error === signal.reason) throw withCause(error, last);
      if (!(error instanceof Failure)) throw error;
      if (error.kind === 'ConnectionLost') reached = true;
      else if (error.kind !== 'ServerUnreachable' || !reached) throw error;
      const delayMs = failures === 0 ? 0 : backoffMs(FIRST_DELAY_MS, failures);
      if (performance.now() - start + delayMs > patienceMs) throw error;
      log.info({ delayMs: Math.round(delayMs) }, `${error.message}; asking again`);
      last = error;
      await pause(delayMs, signal).catch((reason: unknown) => {
        throw withCause(reason, last);
      });
    }
  }
}

/** When the time for an answer is over: a server that was last not even reached is that, and not one that is silent. */
function withCause(reason: unknown, last: Failure | null): unknown {
  if (!(reason instanceof Failure) || reason.kind !== 'ServerUnresponsive' || last === null) return reason;
  if (last.kind === 'ServerUnreachable') return last;
  return new Failure(reason.kind, `${reason.message} (${last.message})`, { cause: last });
}

import { defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from '@temporalio/client';
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';

const MAX_DELAY_MS = 1_000;
const MAX_ATTEMPTS = 30;
const MARGIN_MS = 20;

/** Deadline of a call, including its retries, if the caller sets none. A long poll takes 20 s. */
const CALL_TIMEOUT_MS = 60_000;

type Interceptor = ReturnType<typeof makeGrpcRetryInterceptor>;

export interface CallRetries {
  /** The `interceptors` of a connection, in place of its own. */
  interceptors: Interceptor[];
  /** Stops all retries. When it resolves, no call waits for its next attempt. */
  end(): Promise<void>;
}

/**
 * The default retries of the SDK, plus a deadline for each call and a way to stop. Without it, a retry that is due after
 * its connection was closed throws inside a timer, which ends the process.
 */
export function createCallRetries(): CallRetries {
  const defaults = defaultGrpcRetryOptions({ maxAttempts: MAX_ATTEMPTS });
  let ended = false;
  let lastDue = 0;
  // The next interceptor and the call itself both return an InterceptingCall.
  const withDeadline: Interceptor = (options, nextCall) =>
    nextCall({ ...options, deadline: options.deadline ?? Date.now() + CALL_TIMEOUT_MS }) as ReturnType<Interceptor>;
  const retry = makeGrpcRetryInterceptor({
    retryableDecider: (attempt, status) => !ended && defaults.retryableDecider(attempt, status),
    delayFunction(attempt, status) {
      const pause = Math.min(defaults.delayFunction(attempt, status), MAX_DELAY_MS);
      lastDue = Math.max(lastDue, performance.now() + pause);
      return pause;
    },
  });
  return {
    interceptors: [withDeadline, retry],
    async end() {
      ended = true;
      // In a loop: a timer counts from the start of its event-loop turn, and may fire that much too early.
      const remaining = (): number => lastDue + MARGIN_MS - performance.now();
      while (remaining() > 0) await delay(remaining());
      await turn(); // lets timers run that are overdue because the event loop was blocked
      await turn();
    },
  };
}

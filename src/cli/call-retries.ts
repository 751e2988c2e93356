import { defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from '@temporalio/client';
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';

const LONGEST_PAUSE_MS = 1_000;
const MOST_ATTEMPTS = 30;
const MARGIN_MS = 20;

export interface CallRetries {
  /** For the `interceptors` of a connection, in place of its own. */
  interceptor: ReturnType<typeof makeGrpcRetryInterceptor>;
  /** No call is tried again from now on, and none waits for its next attempt when this resolves. */
  end(): Promise<void>;
}

/**
 * The usual retries of calls to Temporal, with an end. Those of the SDK have none: an attempt that falls due after its
 * connection was closed throws in a timer, where it can only end the process.
 */
export function createCallRetries(): CallRetries {
  const usual = defaultGrpcRetryOptions({ maxAttempts: MOST_ATTEMPTS });
  let ended = false;
  let lastDue = 0;
  return {
    interceptor: makeGrpcRetryInterceptor({
      retryableDecider: (attempt, status) => !ended && usual.retryableDecider(attempt, status),
      delayFunction(attempt, status) {
        const pause = Math.min(usual.delayFunction(attempt, status), LONGEST_PAUSE_MS);
        lastDue = Math.max(lastDue, performance.now() + pause);
        return pause;
      },
    }),
    async end() {
      ended = true;
      // Again and again: a timer counts from the start of its turn of the event loop, and may be early by as much.
      const remaining = (): number => lastDue + MARGIN_MS - performance.now();
      while (remaining() > 0) await delay(remaining());
      await turn(); // of the timers that are due by now, where the event loop was held up
      await turn();
    },
  };
}

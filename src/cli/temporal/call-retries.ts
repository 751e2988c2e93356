import { defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from '@temporalio/client';
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';

const MAX_DELAY_MS = 1_000;
const MAX_ATTEMPTS = 30;
const MARGIN_MS = 20;

/** Of a call without a deadline of its own, its retries included. A long poll takes 20 s. */
const CALL_TIMEOUT_MS = 60_000;

type Interceptor = ReturnType<typeof makeGrpcRetryInterceptor>;

export interface CallRetries {
  /** The `interceptors` of a connection, in place of its own. */
  interceptors: Interceptor[];
  /** No call is tried again from now on, and none waits for its next attempt when this resolves. */
  end(): Promise<void>;
}

/**
 * The usual retries of calls to Temporal, with an end, and a deadline for each call. Those of the SDK have neither: an
 * attempt that falls due after its connection was closed throws in a timer, where it can only end the process.
 */
export function createCallRetries(): CallRetries {
  const usual = defaultGrpcRetryOptions({ maxAttempts: MAX_ATTEMPTS });
  let ended = false;
  let lastDue = 0;
  // What it calls is another interceptor or the call itself, either of which makes an InterceptingCall.
  const withDeadline: Interceptor = (options, nextCall) =>
    nextCall({ ...options, deadline: options.deadline ?? Date.now() + CALL_TIMEOUT_MS }) as ReturnType<Interceptor>;
  const retry = makeGrpcRetryInterceptor({
    retryableDecider: (attempt, status) => !ended && usual.retryableDecider(attempt, status),
    delayFunction(attempt, status) {
      const pause = Math.min(usual.delayFunction(attempt, status), MAX_DELAY_MS);
      lastDue = Math.max(lastDue, performance.now() + pause);
      return pause;
    },
  });
  return {
    interceptors: [withDeadline, retry],
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

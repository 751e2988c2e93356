/**
 * Does work under a signal that aborts after `ms` milliseconds, at the latest when the work has ended. The timer holds the
 * signal: one of `AbortSignal.timeout()` behind `AbortSignal.any()` is lost with the next garbage collection, and then
 * never fires (https://github.com/nodejs/node/issues/57736).
 */
export async function withTimeout<Result>(ms: number, work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const limit = new AbortController();
  const expire = (): void => limit.abort(new DOMException('The time limit passed', 'TimeoutError'));
  const timer = setTimeout(expire, ms);
  try {
    return await work(limit.signal);
  } finally {
    clearTimeout(timer);
  }
}

import { firstOf } from './first-of.ts';

export interface TimeLimit {
  /** The abort reason after the timeout. */
  reason?: Error;
  /** Also aborts the work. */
  signal?: AbortSignal;
  /** After the timeout, work gets this long to react to the signal; then the reason is thrown. */
  graceMs?: number;
}

/**
 * Runs work with a signal that aborts after `ms` milliseconds. Does not use `AbortSignal.timeout()`: combined with
 * `AbortSignal.any()`, it can be garbage-collected and then never fires (https://github.com/nodejs/node/issues/57736).
 */
export async function withTimeout<Result>(
  ms: number,
  work: (signal: AbortSignal) => Promise<Result>,
  { reason = new DOMException('The time limit passed', 'TimeoutError'), signal, graceMs = Infinity }: TimeLimit = {}
): Promise<Result> {
  const limit = new AbortController();
  const done = work(signal ? AbortSignal.any([signal, limit.signal]) : limit.signal).then((result) => ({ result }));
  let end = await firstOf([done], { ms });
  if (end === 'timeout') {
    limit.abort(reason);
    end = await firstOf([done], { ms: graceMs });
  }
  if (typeof end !== 'object') throw reason;
  return end.result;
}

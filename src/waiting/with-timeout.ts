import { firstOf } from './first-of.ts';

export interface TimeLimit {
  /** What the signal aborts with once the time is over. */
  reason?: Error;
  /** Aborts the work too. */
  signal?: AbortSignal;
  /** How long work that does not obey is waited for, once the time is over; then the reason is thrown. */
  graceMs?: number;
}

/**
 * Does work under a signal that aborts after `ms` milliseconds. Our timer and controller stay alive meanwhile: a signal of
 * `AbortSignal.timeout()` behind `AbortSignal.any()` is lost with the next garbage collection, and then never fires
 * (https://github.com/nodejs/node/issues/57736).
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

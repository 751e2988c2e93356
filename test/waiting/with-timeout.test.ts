import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { withTimeout } from '../../src/waiting/with-timeout.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Ends only when its signal aborts, which is one of two. */
async function waitUnder(limit: AbortSignal): Promise<never> {
  const signal = AbortSignal.any([new AbortController().signal, limit]);
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

test('a timeout fires although garbage is collected meanwhile', async () => {
  const work = withTimeout(100, waitUnder);
  setTimeout(collectGarbage, 10);
  await expect(work).rejects.toThrow('The time limit passed');
});

test('work that ends before its limit returns its result, and its signal is not aborted', async () => {
  let kept: AbortSignal | undefined;
  const work = withTimeout(60_000, (signal) => Promise.resolve((kept = signal)).then(() => 'done'));
  expect(await work).toBe('done');
  expect(kept?.aborted).toBe(false);
});

test('work that ignores the signal is abandoned after the grace period, with the reason of the timeout', async () => {
  const reason = new Error('too late');
  const never = (): Promise<never> => new Promise(() => {});
  await expect(withTimeout(1, never, { reason, graceMs: 1 })).rejects.toBe(reason);
});

test('work that reacts within the grace period decides how it ends', async () => {
  expect(await withTimeout(1, (signal) => waitUnder(signal).catch(() => 'half done'))).toBe('half done');
});

test('work with another signal ends with the reason of that signal', async () => {
  const { signal } = new AbortController();
  const cancelled = AbortSignal.abort(new Error('cancelled'));
  const work = (both: AbortSignal): Promise<string> =>
    both.aborted ? Promise.reject(both.reason as Error) : Promise.resolve('done');
  await expect(withTimeout(60_000, work, { signal: cancelled })).rejects.toThrow('cancelled');
  expect(await withTimeout(60_000, work, { signal })).toBe('done');
});

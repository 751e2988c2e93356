import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { withTimeout } from '../../src/activities/with-timeout.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Ends by its signal alone, which is one of two. */
async function waitUnder(limit: AbortSignal): Promise<never> {
  const signal = AbortSignal.any([new AbortController().signal, limit]);
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

test('a limit passes although garbage is collected meanwhile', async () => {
  const work = withTimeout(100, waitUnder);
  setTimeout(collectGarbage, 10);
  await expect(work).rejects.toThrow('The time limit passed');
});

test('work that ends before its limit has its result, and its signal stays as it was', async () => {
  let kept: AbortSignal | undefined;
  const work = withTimeout(60_000, (signal) => Promise.resolve((kept = signal)).then(() => 'done'));
  expect(await work).toBe('done');
  expect(kept?.aborted).toBe(false);
});

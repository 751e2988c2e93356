import { MockActivityEnvironment } from '@temporalio/testing';
import type { Client } from '@temporalio/client';
import { expect, test, vi } from 'vitest';
import { announceSample } from '../../src/activities/announce-sample.ts';

test.each([
  ['1 of 3', 1],
  ['1 of 1', 0],
])('the workflow hears of sample %s by %d signals', async (sample, signals) => {
  const signal = vi.fn(async () => undefined);
  // A fake: the real one only sends.
  const client = {
    withAbortSignal: (_signal: AbortSignal, use: () => Promise<void>) => use(),
    workflow: { getHandle: () => ({ signal }) },
  } as unknown as Client;
  const environment = new MockActivityEnvironment({}, { client });
  await environment.run(() => announceSample({ benchmark: 'cpu', sample }));
  expect(signal).toHaveBeenCalledTimes(signals);
});

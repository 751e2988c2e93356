import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { withHeartbeat } from '../../src/activities/heartbeat.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test.each([
  [30, [6, 12, 24, 36, 48, 60, 72, 84, 96]],
  [120, [6, 12, 24, 48, 96]],
])('with a timeout of %d s, heartbeats come ever more rarely, until the work ends', async (timeout, expected) => {
  const times: number[] = [];
  const begin = performance.now();
  const environment = new MockActivityEnvironment({ heartbeatTimeoutMs: timeout * 1000 });
  environment.on('heartbeat', () => times.push((performance.now() - begin) / 1000));
  await environment.run(() => withHeartbeat({}, async () => vi.advanceTimersByTime(100_000)));
  vi.advanceTimersByTime(60_000);
  expect(times).toEqual(expected);
});

test('a heartbeat has the place of the work and its latest progress', async () => {
  const details: unknown[] = [];
  const environment = new MockActivityEnvironment();
  environment.on('heartbeat', (each: unknown) => details.push(each));
  await environment.run(() =>
    withHeartbeat({ folder: '/var/tmp' }, async (onProgress) => {
      vi.advanceTimersByTime(6_000);
      onProgress({ outputBytes: 7, seconds: 4 });
      vi.advanceTimersByTime(6_000);
    })
  );
  expect(details).toEqual([
    { folder: '/var/tmp', outputBytes: 0 },
    { folder: '/var/tmp', outputBytes: 7, seconds: 4 },
  ]);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { remainingSeconds } from '../../../src/domain/plans/remaining-time.ts';

const running = (...elapsed: number[]) =>
  elapsed.map((elapsedSeconds, index) => ({ serverId: `run-${index}`, elapsedSeconds }));

test('nothing is known without an earlier duration', () => {
  expect(remainingSeconds({ running: running(5), waiting: ['a'], maxParallel: 2 }, new Map())).toBeNull();
});

test.each([
  ['one after another', [], ['a', 'b', 'c'], 1, 60],
  ['two at once: the long one beside the short ones', [], ['a', 'b', 'c'], 2, 30],
  ['more places than servers', [], ['a', 'b', 'c'], 9, 30],
  ['one that runs, and one that waits for its place', [15], ['a'], 1, 15],
  ['one that takes longer than before counts as ending', [500], [], 1, 0],
  ['an unknown one takes the median, 20', [], ['x'], 1, 20],
])('%s', (_what, elapsed, waiting, maxParallel, seconds) => {
  const durations = new Map([...Object.entries({ a: 10, b: 20, c: 30 }), ['run-0', 20]] as [string, number][]);
  expect(remainingSeconds({ running: running(...elapsed), waiting, maxParallel }, durations)).toBe(seconds);
});

test('it is never less than the longest server, or than all of them divided by the places', () => {
  const seconds = fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(seconds, fc.integer({ min: 1, max: 8 }), (each, maxParallel) => {
      const waiting = each.map((_, index) => `web-${index}`);
      const durations = new Map(each.map((duration, index) => [`web-${index}`, duration]));
      const left = remainingSeconds({ running: [], waiting, maxParallel }, durations)!;
      const sum = each.reduce((a, b) => a + b, 0);
      expect(left).toBeGreaterThanOrEqual(Math.max(...each, sum / maxParallel));
      expect(left).toBeLessThanOrEqual(sum / maxParallel + Math.max(...each));
    })
  );
});

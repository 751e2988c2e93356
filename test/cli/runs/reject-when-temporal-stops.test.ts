import { expect, test } from 'vitest';
import { rejectWhenTemporalStops } from '../../../src/cli/runs/reject-when-temporal-stops.ts';

const never = new Promise<never>(() => undefined);

test('while Temporal runs, the result of the call is returned', async () => {
  expect(await rejectWhenTemporalStops({ lost: never }, Promise.resolve(7))).toBe(7);
  await expect(rejectWhenTemporalStops({ lost: never }, Promise.reject(new Error('why')))).rejects.toThrow('why');
});

test('if Temporal has ended, the error says so, instead of reporting the failed call', async () => {
  const lost = Promise.resolve('the Temporal at X ended with status 2');
  for (const work of [never, new Promise((_, reject) => setTimeout(() => reject(new Error('unavailable'))))]) {
    await expect(rejectWhenTemporalStops({ lost }, work)).rejects.toMatchObject({
      message: 'the Temporal at X ended with status 2; nothing is lost: start again',
      exitCode: 3,
    });
  }
});

import { expect, test } from 'vitest';
import { atMost } from '../../src/ssh-config/at-most.ts';

test('so many run at once, and each that ends lets the next one in', async () => {
  const take = atMost(2, 60_000);
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const all = [0, 1, 2, 3].map(async (index) =>
    take(() => {
      begun.push(index);
      return new Promise<void>((resolve) => (ends[index] = resolve));
    })
  );
  expect(begun).toEqual([0, 1]);
  ends[1]!();
  await all[1];
  await expect.poll(() => begun).toEqual([0, 1, 2]);
  ends[0]!();
  await expect.poll(() => begun).toEqual([0, 1, 2, 3]);
  ends[2]!();
  ends[3]!();
  await Promise.all(all);
});

test('those that hang keep nobody waiting for long', async () => {
  const take = atMost(2, 10);
  for (let count = 0; count < 6; count++) void take(() => new Promise<void>(() => {}));
  expect(await take(async () => 'done')).toBe('done');
});

test('one that fails gives its place up', async () => {
  const take = atMost(1, 60_000);
  await expect(take(async () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await take(async () => 'done')).toBe('done');
});

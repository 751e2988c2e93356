import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isSample, sampleServers } from '../../../src/inventory/selection/sample-servers.ts';
import { MAX_SEED } from '../../../src/domain/values/seeded-random.ts';

function ids(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `web-${index + 1}`);
}

test.each([
  [5, 43, 5],
  [43, 43, 43],
  [1000, 43, 43],
  ['10%', 43, 5],
  ['10%', 30, 3],
  ['7%', 100, 7],
  ['12.3%', 1000, 123],
  ['0.1%', 10_000, 10],
  ['0.001%', 3, 1],
  ['10%', 1, 1],
  ['100%', 43, 43],
  ['99.999%', 10_000, 10_000],
])('a sample of %s of %d servers has %d servers', (sample, count, size) => {
  for (const seed of [0, 1, 12345, MAX_SEED]) expect(sampleServers(ids(count), sample, seed)).toHaveLength(size);
});

test.each([
  0,
  -1,
  1.5,
  Number.NaN,
  Infinity,
  '5',
  '0%',
  '0.000%',
  '100.001%',
  '101%',
  '-5%',
  '5 %',
  '1e1%',
  '%',
  '',
  null,
])('%j is not a valid sample', (sample) => {
  expect(isSample(sample)).toBe(false);
});

const inventory = fc.uniqueArray(fc.stringMatching(/^[a-z0-9]{1,4}$/), { maxLength: 60 });
const anySample = fc.oneof(
  fc.integer({ min: 1, max: 70 }),
  fc.integer({ min: 1, max: 100 }).map((n) => `${n}%`)
);
const anySeed = fc.integer({ min: 0, max: MAX_SEED });

test('a sample has the right size, no duplicates, the order of the inventory, and is reproducible', () => {
  fc.assert(
    fc.property(inventory, anySample, anySeed, (all, sample, seed) => {
      const chosen = sampleServers(all, sample, seed);
      const exact = typeof sample === 'number' ? sample : (all.length * parseInt(sample)) / 100;
      expect(chosen).toHaveLength(Math.min(all.length, Math.ceil(exact)));
      expect(all.filter((id) => chosen.includes(id))).toEqual(chosen);
      expect(sampleServers(all, sample, seed)).toEqual(chosen);
    })
  );
});

describe('over all seeds', () => {
  test('every pair of servers is equally likely', () => {
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 10_000; seed += 1) {
      const pair = sampleServers(ids(5), 2, seed).join();
      counts.set(pair, (counts.get(pair) ?? 0) + 1);
    }
    expect(counts.size).toBe(10);
    // Six standard deviations for 1,000 of 10,000.
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(180);
  });

  test('a seed always chooses the same servers', () => {
    expect(sampleServers(ids(43), 5, 12345)).toEqual(['web-7', 'web-26', 'web-30', 'web-32', 'web-37']);
  });
});

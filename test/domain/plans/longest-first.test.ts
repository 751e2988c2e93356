import fc from 'fast-check';
import { expect, test } from 'vitest';
import { longestFirst } from '../../../src/domain/plans/longest-first.ts';

const seconds = (known: Record<string, number>): Map<string, number> => new Map(Object.entries(known));

test('servers of unknown duration start first, then the longest', () => {
  expect(longestFirst(['a', 'b', 'c', 'd'], seconds({ a: 10, b: 60, d: 600 }))).toEqual(['c', 'd', 'b', 'a']);
});

test('servers that take about as long keep their order', () => {
  expect(longestFirst(['a', 'b', 'c'], seconds({ a: 60, b: 63, c: 61 }))).toBeNull();
  expect(longestFirst(['a', 'b', 'c', 'd'], seconds({ a: 60, b: 600, c: 61, d: 630 }))).toEqual(['b', 'd', 'a', 'c']);
});

test('a server that took no time at all is the last one', () => {
  expect(longestFirst(['a', 'b'], seconds({ a: 0, b: 5 }))).toEqual(['b', 'a']);
});

test('nothing is known: the given order', () => {
  expect(longestFirst(['b', 'a'], new Map())).toBeNull();
});

test('whatever is known, every server starts once', () => {
  const known = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.double({ min: 0, noNaN: true }));
  fc.assert(
    fc.property(fc.shuffledSubarray(['a', 'b', 'c', 'd', 'e']), known, (serverIds, durations) => {
      const order = longestFirst(serverIds, seconds(durations)) ?? serverIds;
      expect([...order].sort()).toEqual([...serverIds].sort());
    })
  );
});

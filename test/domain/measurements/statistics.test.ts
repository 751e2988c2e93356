import fc from 'fast-check';
import { expect, test } from 'vitest';
import { median, spread } from '../../../src/domain/measurements/statistics.ts';

const numbers = fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 1, maxLength: 30 });

test('at least half of the values are at or below the median, and half at or above it', () => {
  fc.assert(
    fc.property(numbers, (values) => {
      const middle = median(values);
      expect(values.filter((value) => value < middle).length).toBeLessThanOrEqual(values.length / 2);
      expect(values.filter((value) => value > middle).length).toBeLessThanOrEqual(values.length / 2);
    })
  );
});

test('the median of an even number of values is between the two middle ones', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
});

test('a median has the digits that people calculate, also of the largest numbers and of neighbours', () => {
  expect(median([925.17, 925.19])).toBe(925.18);
  expect(median([0.1, 0.2])).toBe(0.15);
  expect(median([-1.05, -0.95])).toBe(-1);
  expect(median([Number.MAX_VALUE, Number.MAX_VALUE * 0.9])).toBeLessThanOrEqual(Number.MAX_VALUE);
  const next = 0.1 + Number.EPSILON / 16;
  expect([0.1, next]).toContain(median([0.1, next]));
});

test('the order of the values does not matter, and they are not modified', () => {
  const values = [3, 1, 2];
  expect(median(values)).toBe(2);
  expect(values).toEqual([3, 1, 2]);
});

test('the median of values with a NaN is NaN', () => {
  expect(median([])).toBeNaN();
  expect(median([1, Number.NaN, 3])).toBeNaN();
});

test('the spread is the range as a share of the median', () => {
  expect(spread([90, 100, 120])).toBe(0.3);
  expect(spread([0.95, 1, 1.05])).toBe(0.1);
  expect(spread([5])).toBe(0);
  expect(spread([0, 0])).toBe(0);
  expect(spread([-1, 0, 1])).toBe(Infinity);
});

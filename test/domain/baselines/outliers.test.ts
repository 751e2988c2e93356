import fc from 'fast-check';
import { expect, test } from 'vitest';
import { modifiedZScores, outliersOf } from '../../../src/domain/baselines/outliers.ts';

/** Integers of this size can be shifted and scaled without rounding errors. */
const values = fc.array(fc.integer({ min: -1_000_000, max: 1_000_000 }), { minLength: 1, maxLength: 40 });

test('values far off on either side are outliers, as in the paper', () => {
  expect(outliersOf([2.1, 2.6, 2.4, 2.5, 2.3, 2.1, 2.3, 2.6, 8.2, 8.3])).toEqual([
    ...Array<boolean>(8).fill(false),
    ...[true, true],
  ]);
  expect(outliersOf([8012, 8101, 7950, 3912, 8060])).toEqual([false, false, false, true, false]);
  expect(outliersOf([100, 101, 99, 100.5, 250])).toEqual([false, false, false, false, true]);
});

test('the scores match the formula', () => {
  // median 5, deviations 4 2 0 2 4, MAD 2
  expect(modifiedZScores([1, 3, 5, 7, 9])).toEqual([-4, -2, 0, 2, 4].map((each) => each / (2 / 0.6745)));
});

test('a value is an outlier above a score of 3.5, not at it', () => {
  // As above, MAD 2: the scores of the last ones are 3.4 and 3.6.
  const scored = (score: number): number => 5 + (score * 2) / 0.6745;
  expect(outliersOf([1, 3, 5, 7, scored(3.4)])).toEqual([false, false, false, false, false]);
  expect(outliersOf([1, 3, 5, 7, scored(3.6)])).toEqual([false, false, false, false, true]);
});

test('if most values are equal, the mean deviation decides', () => {
  expect(outliersOf([8, 8, 8, 8, 8, 7])).toEqual([false, false, false, false, false, true]);
  const [score] = modifiedZScores([7, 8, 8, 8, 8]);
  expect(score).toBeCloseTo(-1 / (1.2533 * 0.2), 12);
});

test('fewer than five values, or equal ones, have no outliers', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 4 }), (few) => {
      expect(outliersOf(few)).toEqual(few.map(() => false));
    })
  );
  expect(outliersOf([3, 3, 3, 3, 3, 3])).toEqual(Array<boolean>(6).fill(false));
});

test('the outliers do not depend on unit, offset and order', () => {
  const shift = fc.integer({ min: -1_000_000, max: 1_000_000 });
  const power = fc.integer({ min: -8, max: 8 });
  fc.assert(
    fc.property(values, shift, power, fc.boolean(), (of, by, exponent, isNegative) => {
      const found = outliersOf(of);
      const factor = (isNegative ? -1 : 1) * 2 ** exponent;
      expect(outliersOf(of.map((value) => value + by))).toEqual(found);
      expect(outliersOf(of.map((value) => value * factor))).toEqual(found);
      expect(outliersOf([...of].reverse()).reverse()).toEqual(found);
    })
  );
});

test('fewer than half of the values are outliers', () => {
  fc.assert(
    fc.property(values, (of) => {
      expect(outliersOf(of).filter(Boolean).length).toBeLessThanOrEqual(of.length / 2);
    })
  );
});

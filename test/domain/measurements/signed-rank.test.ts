import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { signedRankP } from '../../../src/domain/measurements/signed-rank.ts';

interface Cases {
  by: string;
  cases: { differences: number[]; p: number; method: 'exact' | 'asymptotic' }[];
}

const file = join(import.meta.dirname, '../../fixtures/statistics/signed-rank.json');
const { by, cases } = JSON.parse(readFileSync(file, 'utf8')) as Cases;

/** All choices of signs, one after another: the definition of the test. */
function bruteForceP(differences: readonly number[]): number {
  const counted = differences.filter((each) => each !== 0);
  const sizes = counted.map(Math.abs);
  const ranks = sizes.map((size) => {
    const [below, equal] = [
      sizes.filter((other) => other < size).length,
      sizes.filter((other) => other === size).length,
    ];
    return below + (equal + 1) / 2;
  });
  const sumOf = (isPositive: (index: number) => boolean): number =>
    ranks.reduce((sum, rank, index) => (isPositive(index) ? sum + rank : sum), 0);
  const middle = ranks.reduce((a, b) => a + b, 0) / 2;
  const distance = Math.abs(sumOf((index) => counted[index]! > 0) - middle);
  const choices = Array.from({ length: 2 ** counted.length }, (_, choice) => choice);
  const far = choices.filter(
    (choice) => Math.abs(sumOf((index) => ((choice >> index) & 1) === 1) - middle) >= distance
  );
  return far.length / choices.length;
}

describe('the p value of the signed-rank test', () => {
  test.each(cases)(`is that of ${by}: $p, $method`, ({ differences, p, method }) => {
    const found = signedRankP(differences);
    if (method === 'exact') expect(found).toBeCloseTo(p, 10);
    else expect(Math.abs(found - p)).toBeLessThan(1e-6);
  });

  test('is the share of all choices of signs that are as one-sided, also with equal differences and zeros', () => {
    const differences = fc.array(fc.integer({ min: -4, max: 4 }), { maxLength: 11 });
    fc.assert(
      fc.property(differences, (of) => {
        expect(signedRankP(of)).toBeCloseTo(bruteForceP(of), 10);
      })
    );
  });

  test('is between 0 and 1, and does not depend on order, sign and unit', () => {
    const number = fc.integer({ min: -1_000, max: 1_000 });
    fc.assert(
      fc.property(fc.array(number, { maxLength: 120 }), (of) => {
        const p = signedRankP(of);
        expect(p).toBeGreaterThanOrEqual(0);
        expect(p).toBeLessThanOrEqual(1);
        for (const same of [of.toReversed(), of.map((each) => -each), of.map((each) => each * 1024)])
          expect(signedRankP(same)).toBeCloseTo(p, 8);
      })
    );
  });

  test('is 1 without any difference', () => {
    expect(signedRankP([])).toBe(1);
    expect(signedRankP([0, 0, 0])).toBe(1);
  });
});

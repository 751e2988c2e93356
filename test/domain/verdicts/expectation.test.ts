import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expectationsOf, limitsOf, reaches, toleranceOf } from '../../../src/domain/verdicts/expectation.ts';

test('a reference with its tolerance limits the bad side only', () => {
  expect(limitsOf({ reference: 100, tolerance: 0.2 }, 'higher')).toEqual([{ comparison: '>=', expected: 80 }]);
  expect(limitsOf({ reference: 100, tolerance: 0.2 }, 'lower')).toEqual([{ comparison: '<=', expected: 120 }]);
});

test('bounds are limits as written, for either direction', () => {
  expect(limitsOf({ min: 8, max: 9 }, 'lower')).toEqual([
    { comparison: '>=', expected: 8 },
    { comparison: '<=', expected: 9 },
  ]);
});

test('a value equal to the limit reaches it', () => {
  expect(reaches(80, { comparison: '>=', expected: 80 })).toBe(true);
  expect(reaches(79.999, { comparison: '>=', expected: 80 })).toBe(false);
  expect(reaches(80, { comparison: '<=', expected: 80 })).toBe(true);
  expect(reaches(80.001, { comparison: '<=', expected: 80 })).toBe(false);
});

test('a value equal to the limit as people calculate it reaches it: no rounding error blames a server', () => {
  expect(limitsOf({ reference: 4, tolerance: 0.18 }, 'higher')).toEqual([{ comparison: '>=', expected: 3.28 }]);
  expect(limitsOf({ reference: 3, within: 0.24 }, 'higher').map(({ expected }) => expected)).toEqual([2.28, 3.72]);
  expect(limitsOf({ reference: 2 ** 40, tolerance: 0.05 }, 'lower')[0]!.expected).toBe(1_154_487_209_164.8);
  const digits = fc.integer({ min: 1, max: 1_000_000_000 });
  const decimals = fc.integer({ min: 0, max: 6 });
  const direction = fc.constantFrom('higher', 'lower');
  fc.assert(
    fc.property(digits, decimals, fc.integer({ min: 1, max: 95 }), direction, (number, places, percent, better) => {
      const reference = Number(`${number}e-${places}`);
      const exact = number * (better === 'higher' ? 100 - percent : 100 + percent);
      const [limit] = limitsOf({ reference, tolerance: percent / 100 }, better);
      expect(limit!.expected).toBe(Number(`${exact}e-${places + 2}`));
    })
  );
});

test('a value that is not finite reaches no limit', () => {
  for (const value of [Number.NaN, Infinity, -Infinity]) {
    expect(reaches(value, { comparison: '>=', expected: 1 })).toBe(false);
    expect(reaches(value, { comparison: '<=', expected: 1 })).toBe(false);
  }
});

test('a benchmark is judged by its own metrics, not by those of one with the same name prefix', () => {
  const all = { 'cpu.score': { min: 1 }, 'cpu2.score': { min: 2 }, 'gpu.score': { min: 3 } };
  expect(expectationsOf(all, 'cpu')).toEqual({ 'cpu.score': { min: 1 } });
});

test('the tolerance is `tolerance`, else `within`, else 10 %', () => {
  expect(toleranceOf({ reference: 100, tolerance: 0.2 })).toBe(0.2);
  expect(toleranceOf({ reference: 100, within: 0.03 })).toBe(0.03);
  expect(toleranceOf({ min: 100 })).toBe(0.1);
});

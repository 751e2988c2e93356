import { expect, test } from 'vitest';
import { marginText } from '../../../src/reports/runs/margin-text.ts';

const values = (...all: number[]) =>
  all.map((value, device) => ({ metric: 'x.y', device, value, unit: 'GB/s', samples: 1, spread: 0 }));
const least = (expected: number) => ({ metric: 'x.y', comparison: '>=' as const, expected });
const most = (expected: number) => ({ metric: 'x.y', comparison: '<=' as const, expected });

test.each([
  [values(111), [least(100)], ' (11 % to spare)'],
  [values(100), [least(100)], ' (at the limit)'],
  [values(1e9), [least(1)], ' (more than 1,000 % to spare)'],
  [values(100.9), [least(100)], ' (at the limit)'],
  [values(300, 120, 200), [least(100)], ' (20 % to spare)'],
  [values(8), [most(10)], ' (20 % to spare)'],
  [values(95), [least(90), most(110)], ' (5 % to spare)'],
  [values(109), [least(90), most(110)], ' (at the limit)'],
  [values(1.16), [least(1)], ' (16 % to spare)'],
  [values(-40), [least(-50)], ' (20 % to spare)'],
])('%j of %j: %s', (measured, limits, text) => {
  expect(marginText(measured, limits)).toBe(text);
});

test.each([
  ['without a limit', values(5), []],
  ['of no errors', values(0), [most(0)]],
  ['of a value that does not reach it', values(5), [least(10)]],
  ['of a number that is none', values(Number.NaN), [least(10)]],
])('there is none %s', (_, measured, limits) => {
  expect(marginText(measured, limits)).toBe('');
});

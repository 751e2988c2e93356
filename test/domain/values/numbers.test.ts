import { expect, test } from 'vitest';
import { formatNumber } from '../../../src/domain/values/numbers.ts';

test('numbers have three significant digits, and all digits before the point', () => {
  expect([3912.4, 41.75, 0.023456, 7, 1234567.8, -1500.2, 0].map((value) => formatNumber(value))).toEqual([
    ...['3,912', '41.8', '0.0235', '7', '1,234,568', '-1,500', '0'],
  ]);
});

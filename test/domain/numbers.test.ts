import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatNumber, formatShortfall } from '../../src/domain/numbers.ts';

test('numbers have three significant digits, and all those before the point', () => {
  expect([3912.4, 41.75, 0.023456, 7, 1234567.8, -1500.2, 0].map((value) => formatNumber(value))).toEqual([
    ...['3,912', '41.8', '0.0235', '7', '1,234,568', '-1,500', '0'],
  ]);
});

test('a shortfall says metric, measured, expected, unit and share', () => {
  const shortfall = { metric: 'cpu.events_per_second', device: null, unit: 'events/s' };
  expect(formatShortfall({ ...shortfall, measured: 3912, comparison: '>=', expected: 7200 })).toBe(
    'cpu.events_per_second 3,912 of >= 7,200 events/s (54 %)'
  );
  expect(formatShortfall({ ...shortfall, device: 3, measured: 9, comparison: '<=', expected: 8 })).toBe(
    'cpu.events_per_second of device 3: 9 of <= 8 events/s (113 %)'
  );
});

test('short by a hair is neither shown as equal nor as 100 %', () => {
  const near = { metric: 'm', device: null, unit: 'u', measured: 7199.7, comparison: '>=', expected: 7200 } as const;
  expect(formatShortfall(near)).toBe('m 7,199.7 of >= 7,200 u (99 %)');
});

test('measured and expected never look the same, and nothing throws', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (measured, expected) => {
      fc.pre(measured !== expected);
      const [, left, , , right] = formatShortfall({
        ...{ metric: 'm', device: null, unit: 'u', comparison: '>=', measured, expected },
      }).split(' ');
      expect(left).not.toBe(right);
    })
  );
});

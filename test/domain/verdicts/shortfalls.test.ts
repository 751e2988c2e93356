import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Shortfall } from '../../../src/domain/verdicts/server-row.ts';
import { formatShare, formatShortfall, shortfallTexts, worstFirst } from '../../../src/domain/verdicts/shortfalls.ts';

test('a shortfall says metric, measured, expected, unit and share', () => {
  const shortfall = { metric: 'cpu.events_per_second', device: null, unit: 'events/s' };
  expect(formatShortfall({ ...shortfall, measured: 3912, comparison: '>=', expected: 7200 })).toBe(
    'cpu.events_per_second 3,912 of >= 7,200 events/s (54 %)'
  );
  expect(formatShortfall({ ...shortfall, device: 3, measured: 9, comparison: '<=', expected: 8 })).toBe(
    'cpu.events_per_second of device 3: 9 of <= 8 events/s (113 %)'
  );
});

test('a tiny shortfall is shown neither as equal nor as 100 %', () => {
  const near = { metric: 'm', device: null, unit: 'u', measured: 7199.7, comparison: '>=', expected: 7200 } as const;
  expect(formatShortfall(near)).toBe('m 7,199.7 of >= 7,200 u (99 %)');
  expect(formatShare(1 - Number.EPSILON / 2)).toBe('99 %');
  expect(formatShare(1.0001)).toBe('101 %');
});

test('a share of whole percents is shown as it is', () => {
  for (let percent = 1; percent < 100; percent += 1) expect(formatShare(percent / 100)).toBe(`${percent} %`);
  for (let percent = 101; percent < 300; percent += 1) expect(formatShare(percent / 100)).toBe(`${percent} %`);
});

test('measured and expected values never look the same, for any numbers', () => {
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

const share = { metric: 'm', device: null, unit: 'u', comparison: '>=' } as const;

test('the worst shortfall is the one with the largest missing share, not the largest number', () => {
  const largest = { ...share, measured: 5000, expected: 10_000 };
  const worst = { ...share, metric: 'n', measured: 1, expected: 10 };
  const same = { ...share, metric: 'o', measured: 50, expected: 100 };
  expect(worstFirst([largest, worst, same])).toEqual([worst, largest, same]);
});

test('wrong results come before every other shortfall, however small', () => {
  const slow = { ...share, measured: 1, expected: 100 };
  const wrong = {
    metric: 'm.errors',
    device: null,
    unit: 'errors',
    comparison: '<=',
    measured: 11,
    expected: 10,
  } as const;
  expect(worstFirst([slow, wrong])).toEqual([wrong, slow]);
  expect(shortfallTexts([slow, wrong])).toEqual(['m.errors 11 of <= 10 errors (110 %)', 'm 1 of >= 100 u (1 %)']);
});

test('for each metric the worst device is named, and the others are counted', () => {
  const of = (device: number, measured: number) => ({ ...share, device, measured, expected: 100 });
  expect(shortfallTexts([of(0, 90), of(1, 40)])).toEqual(['m of device 1: 40 of >= 100 u (40 %); 1 more device short']);
  expect(shortfallTexts([of(0, 90), of(1, 40), of(2, 80)])).toEqual([
    'm of device 1: 40 of >= 100 u (40 %); 2 more devices short',
  ]);
});

test('other devices with faults have faults, and are not short; of one device only its faults are counted', () => {
  const fault = (device: number | null, says = 'wrong results'): Shortfall => {
    return { metric: 'm.faults', device, measured: 1, comparison: '<=', expected: 0, unit: 'faults', says };
  };
  expect(shortfallTexts([0, 1, 2].map((device) => fault(device)))).toEqual([
    'm on device 0: wrong results; 2 more devices with faults',
  ]);
  expect(shortfallTexts([fault(0), fault(0, 'hot'), fault(1)])).toEqual([
    'm on device 0: wrong results; 2 more faults',
  ]);
  expect(shortfallTexts([fault(0), fault(null, 'it exited with 1')])).toEqual([
    'm on device 0: wrong results; 1 more fault',
  ]);
});

test('a device that misses two limits of a metric is one device', () => {
  const limits = [90, 50].map((expected) => ({ ...share, measured: 20, expected }));
  expect(shortfallTexts(limits)).toEqual(['m 20 of >= 90 u (22 %)']);
  const both = [0, 1].flatMap((device) => limits.map((limit) => ({ ...limit, device })));
  expect(shortfallTexts(both)).toEqual(['m of device 0: 20 of >= 90 u (22 %); 1 more device short']);
});

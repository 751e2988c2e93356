import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { convert, readQuantity } from '../../../src/domain/measurements/units.ts';

function inUnit(text: string, unit: string): number | null {
  const quantity = readQuantity(text);
  if (quantity === null) throw new Error(`${text} is no quantity`);
  return convert(quantity, unit);
}

test.each([
  ['45 TFLOPS', 'GFLOPS', 45_000],
  ['45tflops', 'GFLOPS', null],
  ['45 Tflops', 'GFLOPS', 45_000],
  ['45 TFLOP/s', 'GFLOPS', 45_000],
  ['3.2 GiB/s', 'GB/s', 3.4359738368],
  ['1 GiB/s', 'MiB/s', 1024],
  ['1 GB/s', 'MiB/s', 953.67431640625],
  ['900GB/s', 'GB/s', 900],
  ['900 GBps', 'GB/s', 900],
  ['100 Gbit/s', 'GB/s', 12.5],
  ['100 Gbps', 'Gbit/s', 100],
  ['7200 events/s', 'events/s', 7200],
  ['1 event/s', 'events/s', 1],
  ['8 devices', 'devices', 8],
  ['8', 'devices', 8],
  ['2.4 GHz', 'MHz', 2400],
  ['45 TFlop/s', 'GFLOPS', 45_000],
  ['45 TFlops', 'GFLOPS', 45_000],
  ['5 mW', 'W', 0.005],
  ['1.5 ms', 's', 0.0015],
  ['250 µs', 'us', 250],
  ['95%', '%', 95],
  ['64 kIOPS', 'IOPS', 64_000],
  ['-5 W', 'mW', -5000],
  ['3e8 B', 'MB', 300],
  ['5 EB', 'PB', 5000],
  ['5EB', 'PB', 5000],
  ['0.1 s', 's', 0.1],
])('%s in %s is %s', (text, unit, value) => {
  expect(inUnit(text, unit)).toBe(value);
});

test.each([
  ['45 GB/s', 'GFLOPS'],
  ['45 GB', 'GB/s'],
  ['8 GPUs', 'devices'],
  ['8 devices/s', 'devices'],
  ['1 constructor', 'toString'],
  ['1 MIB/s', 'MiB/s'],
  ['1 s', 'm'],
  ['50 %', 'points'],
  ['432000 events/min', 'events/s'],
  ['500 mb/s', 'MB/s'],
  ['500 mHz', 'MHz'],
  ['500 mkeys/s', 'Mkeys/s'],
  ['500 mH/s', 'MH/s'],
  ['1 GBytes', 'GB'], // iperf3 counts them in 1,024, others in 1,000
  ['2 min', 's'],
])('%s cannot be converted into %s', (text, unit) => {
  expect(inUnit(text, unit)).toBeNull();
});

test.each(['', 'GB/s', '1,000 GB/s', '1.2.3', 'NaN', 'Infinity', '0x10', '1 2 GB/s'])(
  '%j is not a quantity',
  (text) => {
    const quantity = readQuantity(text);
    expect(quantity === null ? null : convert(quantity, 'GB/s')).toBeNull();
  }
);

describe('for any unit and number', () => {
  const families = [
    ['B/s', 'kB/s', 'MB/s', 'GB/s', 'TB/s', 'KiB/s', 'MiB/s', 'GiB/s', 'Mbit/s', 'Gbit/s'],
    ['FLOPS', 'GFLOPS', 'TFLOPS', 'PFLOP/s'],
    ['Hz', 'kHz', 'MHz', 'GHz'],
    ['s', 'ms', 'us', 'ns'],
    ['events/s', 'event/s'],
  ];
  const pair = fc
    .constantFrom(...families)
    .chain((family) => fc.tuple(fc.constantFrom(...family), fc.constantFrom(...family)));
  // Smaller values have fewer significant digits.
  const number = fc
    .double({ noNaN: true, noDefaultInfinity: true, min: -1e30, max: 1e30 })
    .filter((value) => value === 0 || Math.abs(value) > 1e-250);

  test('conversion into the same unit changes nothing, not even the last bit', () => {
    fc.assert(
      fc.property(number, pair, (value, [unit]) => {
        expect(inUnit(`${value} ${unit}`, unit)).toBe(value === 0 ? 0 : value);
      })
    );
  });

  test('conversion there and back keeps 14 digits', () => {
    fc.assert(
      fc.property(number, pair, (value, [one, other]) => {
        const there = inUnit(`${value} ${one}`, other)!;
        const back = inUnit(`${there} ${other}`, one)!;
        expect(Math.abs(back - value)).toBeLessThanOrEqual(Math.abs(value) * 1e-14);
      })
    );
  });

  test('a power of ten moves the decimal point without rounding', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(9), (whole, places) => {
        expect(inUnit(`${whole}e-${places} GB/s`, 'MB/s')).toBe(Number(`${whole}e${3 - places}`));
        expect(inUnit(`${whole} GiB/s`, 'KiB/s')).toBe(whole * 1024 ** 2);
      })
    );
  });

  test('units of different dimensions cannot be converted', () => {
    fc.assert(
      fc.property(fc.nat(4), fc.nat(4), number, (one, other, value) => {
        if (one === other) return;
        for (const unit of families[other]!) expect(inUnit(`${value} ${families[one]![0]}`, unit)).toBeNull();
      })
    );
  });
});

test('any text is a quantity or null, without delay', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), fc.string({ maxLength: 30 }), (text, unit) => {
      const quantity = readQuantity(text);
      if (quantity === null) return;
      const value = convert(quantity, unit);
      expect(value === null || typeof value === 'number').toBe(true);
    })
  );
});

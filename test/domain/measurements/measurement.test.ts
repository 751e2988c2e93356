import { expect, test } from 'vitest';
import { combine, combineDevices, summarize, type Reading } from '../../../src/domain/measurements/measurement.ts';

function reading(device: number | null, value: number, metric = 'gpu.fp32_gflops'): Reading {
  return { metric, device, value, unit: 'GFLOPS', better: 'higher' };
}

test('readings of one metric and device become one measurement, with the samples in order', () => {
  const measured = summarize([reading(0, 3), reading(1, 7), reading(0, 1), reading(1, 7), reading(0, 2)]);
  expect(measured.map(({ device, samples, value, spread }) => ({ device, samples, value, spread }))).toEqual([
    { device: 0, samples: [3, 1, 2], value: 2, spread: 1 },
    { device: 1, samples: [7, 7], value: 7, spread: 0 },
  ]);
});

test('device 0 and no device are different, and so are two metrics', () => {
  expect(summarize([reading(0, 1), reading(null, 2), reading(0, 3, 'gpu.other')])).toHaveLength(3);
});

test('a second measurement adds its samples to those of the first', () => {
  const [both] = combine(summarize([reading(0, 1), reading(0, 2)]), summarize([reading(0, 9)]));
  expect(both).toMatchObject({ samples: [1, 2, 9], value: 2 });
});

test('a device that samples disagree about has no address', () => {
  const device = (address: string | null) => ({ device: 0, address, uuid: null, name: 'A100', isPartitioned: false });
  expect(combineDevices([device('0000:01:00.0'), device('0000:01:00.0')])).toEqual([device('0000:01:00.0')]);
  expect(combineDevices([device('0000:01:00.0'), device('0000:02:00.0')])).toEqual([device(null)]);
  expect(combineDevices([device('0000:01:00.0'), device(null)])).toEqual([device(null)]);
});

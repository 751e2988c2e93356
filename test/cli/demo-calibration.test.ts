import { expect, test } from 'vitest';
import { agree, expectationsFrom } from '../../src/cli/demo-calibration.ts';
import type { FleetReport } from '../../src/domain/fleet-report.ts';
import { events, judgedServer, outcome, reportOf } from '../reports/example-report.ts';

const calibration = (...values: number[]): FleetReport =>
  reportOf(values.map((value, index) => judgedServer(`demo-${index + 1}`, { cpu: outcome(events(value)) }, {})));

test('two healthy servers agree as long as they are no more than 15 % apart', () => {
  expect(agree(calibration(1000, 850))).toBe(true);
  expect(agree(calibration(849, 1000))).toBe(false);
});

test('the faster one is what the others are held to', () => {
  expect(expectationsFrom(calibration(700, 1000.4))).toEqual({
    'cpu.events_per_second': { reference: 1000, tolerance: 0.25 },
  });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { boundedRow, ROW_LIMIT, sizeOf } from '../../src/domain/bounded-row.ts';
import type { Readiness } from '../../src/domain/readiness.ts';
import type { BenchmarkRow, ServerRow } from '../../src/domain/server-row.ts';
import { exampleReadiness } from '../support/example-readiness.ts';

const measurement = { metric: 'gpu.fp32_gflops', device: 0, value: 45000, unit: 'GFLOPS', samples: 3, spread: 0.02 };
const shortfall = {
  metric: 'gpu.fp32_gflops',
  device: 0,
  measured: 1,
  comparison: '>=',
  expected: 2,
  unit: 'GFLOPS',
} as const;

const readiness = exampleReadiness({
  kernel: 'k'.repeat(120),
  jobs: { folder: `/${'f'.repeat(199)}`, freeKib: 1_000_000_000 },
  obstacle: { type: 'HostUnsuitable', message: 'o'.repeat(300) },
  otherWork: 'w'.repeat(200),
});

function rowOf(benchmarks: number, devices: number, text: string, checked: Readiness | null = null): ServerRow {
  const each: BenchmarkRow = {
    ...{ benchmark: 'gpu', verdict: 'fail', reason: text, error: { type: 'DeviceMissing', message: text } },
    ...{ tool: 'clpeak', seconds: 30 },
    measurements: Array.from({ length: devices }, (_, device) => ({ ...measurement, device })),
    evidence: null,
    shortfalls: Array.from({ length: devices }, (_, device) => ({ ...shortfall, device })),
  };
  const error = { type: 'DeviceMissing', message: text };
  const facts = { serverId: 'web-1', hardwareClass: 'default', startedAt: '2026-11-24T02:00:00.000Z', seconds: 64 };
  const gpus = Array.from({ length: devices }, (_, at) => ({ model: `${at} ${text}`.slice(0, 100), count: 1 }));
  return {
    ...facts,
    classBy: 'detected',
    identity: '0123456789abcdef',
    machine: { system: text.slice(0, 120), cpuModel: 'AMD EPYC 9654', cpus: 128, memoryMib: 1_000_000, gpus },
    verdict: 'fail',
    reason: text,
    error,
    notes: [text],
    readiness: checked,
    benchmarks: Array.from({ length: benchmarks }, () => each),
  };
}

test('a row that fits is left alone', () => {
  const row = rowOf(2, 2, 'short');
  expect(boundedRow(row)).toBe(row);
});

test('a row of 8 GPUs keeps its verdicts and shortfalls, and loses its measurements and its machine first', () => {
  const bounded = boundedRow(rowOf(2, 8, 'short'));
  expect(bounded.benchmarks.map((each) => each.shortfalls.length)).toEqual([8, 8]);
  expect(bounded.benchmarks.map((each) => each.measurements.length)).toEqual([0, 0]);
  expect(bounded.benchmarks.map((each) => each.verdict)).toEqual(['fail', 'fail']);
  expect(bounded).toMatchObject({ hardwareClass: 'default', identity: '0123456789abcdef' });
});

test('its numbers are worth more than what the machine is, where there is room for one of them', () => {
  const row = rowOf(1, 2, 'short');
  const bounded = boundedRow(row, sizeOf(row) - 10);
  expect(bounded.benchmarks[0]!.measurements).toHaveLength(2);
  expect(bounded.machine).toBeNull();
});

test('whatever a server said, its row fits, and its verdict stays', () => {
  const text = fc.string({ maxLength: 3000, unit: 'grapheme' });
  fc.assert(
    fc.property(fc.nat(20), fc.nat(32), text, (benchmarks, devices, said) => {
      const bounded = boundedRow(rowOf(benchmarks, devices, said, readiness));
      expect(sizeOf(bounded)).toBeLessThanOrEqual(ROW_LIMIT);
      expect(bounded.verdict).toBe('fail');
    }),
    { numRuns: 30 }
  );
});

test('what a check found stays whole in a row, and goes before the verdict does', () => {
  const checked = rowOf(3, 0, 'short', readiness);
  expect(boundedRow(checked).readiness).toEqual(readiness);
  const small = boundedRow(checked, 700);
  expect(small).toMatchObject({ readiness: null, verdict: 'fail' });
});

test('texts are cut to their bytes, and of the notes the first two stay', () => {
  const text = 'ä'.repeat(1000); // two bytes each, and one for the quotes and the sign of the cut
  const row = { ...rowOf(1, 1, text), notes: ['first', 'second', 'third'] };
  const { reason, notes } = boundedRow(row, sizeOf(row) - 10);
  expect(sizeOf(reason)).toBeLessThanOrEqual(400 + 2);
  expect(sizeOf(reason)).toBeGreaterThan(400 - 4);
  expect(notes).toEqual(['first', 'second']);
});

test('of a row with too many shortfalls the first one of each benchmark stays', () => {
  const bounded = boundedRow(rowOf(2, 8, 'short'), 1500);
  expect(bounded.benchmarks.map(({ shortfalls }) => shortfalls)).toEqual([[shortfall], [shortfall]]);
});

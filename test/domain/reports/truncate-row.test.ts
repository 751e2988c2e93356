import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sizeOf } from '../../../src/domain/values/json-value.ts';
import type { Readiness } from '../../../src/domain/checks/readiness.ts';
import type { BenchmarkRow, ServerRow } from '../../../src/domain/verdicts/server-row.ts';
import { MAX_ROW_BYTES, truncateRow } from '../../../src/domain/reports/truncate-row.ts';
import { exampleReadiness } from '../../support/example-readiness.ts';

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
    ...{ readiness: checked, temporalRunId: '0190c3e0-6f0e-7d6a-8f0b-0a1b2c3d4e5f', truncated: null },
    benchmarks: Array.from({ length: benchmarks }, () => each),
  };
}

const SMALL = 3_000;

test('a row that fits is unchanged', () => {
  const row = rowOf(2, 2, 'short');
  expect(truncateRow(row, MAX_ROW_BYTES)).toBe(row);
});

test.each([
  ['32 numbers of one benchmark', rowOf(1, 32, 'short')],
  ['12 devices of two benchmarks', rowOf(2, 12, 'short')],
  ['6 benchmarks with a message each', rowOf(6, 1, 'm'.repeat(1_000))],
])('a row of %s is whole in a run of 50 servers', (_, row) => {
  expect(sizeOf(row)).toBeGreaterThan(SMALL);
  expect(truncateRow(row, MAX_ROW_BYTES)).toBe(row);
});

test('a row of 8 GPUs keeps verdicts and shortfalls, loses its measurements first, and says so', () => {
  const truncated = truncateRow(rowOf(2, 8, 'short'), SMALL);
  expect(truncated.benchmarks.map((each) => each.shortfalls.length)).toEqual([8, 8]);
  expect(truncated.benchmarks.map((each) => each.measurements.length)).toEqual([0, 0]);
  expect(truncated.benchmarks.map((each) => each.verdict)).toEqual(['fail', 'fail']);
  expect(truncated).toMatchObject({ hardwareClass: 'default', identity: '0123456789abcdef' });
  expect(truncated.truncated?.parts).toContain('measurements of gpu');
  expect(truncated.truncated?.workflowId).toBe('server/web-1');
});

test('the benchmark with the most measurements loses them first', () => {
  const [few, many] = [rowOf(1, 1, 'short').benchmarks[0]!, rowOf(1, 20, 'short').benchmarks[0]!];
  const row = {
    ...rowOf(0, 0, 'short'),
    benchmarks: [
      { ...few, benchmark: 'cpu' },
      { ...many, benchmark: 'links' },
    ],
  };
  const truncated = truncateRow(row, sizeOf(row) - 500);
  expect(truncated.benchmarks.map(({ measurements }) => measurements.length)).toEqual([1, 0]);
  expect(truncated.truncated?.parts).toEqual(['measurements of links']);
});

test('measurements are kept rather than machine facts, if only one of them fits', () => {
  const row = rowOf(1, 4, 'short');
  const truncated = truncateRow(row, sizeOf(row) - 10);
  expect(truncated.benchmarks[0]!.measurements).toHaveLength(4);
  expect(truncated.machine).toBeNull();
  expect(truncated.truncated?.parts).toEqual(['machine']);
});

test('any row fits, keeps its verdict, and names all truncated parts', () => {
  const text = fc.string({ maxLength: 3000, unit: 'grapheme' });
  fc.assert(
    fc.property(fc.nat(20), fc.nat(32), text, fc.constantFrom(900, SMALL), (benchmarks, devices, said, limit) => {
      const row = rowOf(benchmarks, devices, said, readiness);
      const truncated = truncateRow(row, limit);
      expect(sizeOf(truncated)).toBeLessThanOrEqual(limit);
      expect(truncated.verdict).toBe('fail');
      const parts = truncated.truncated?.parts ?? [];
      if (truncated.benchmarks.length < benchmarks) expect(parts).toContain('benchmarks');
      if (truncated.machine === null) expect(parts).toContain('machine');
      if (truncated.readiness === null) expect(parts).toContain('readiness');
      if (truncated.reason !== row.reason) expect(parts).toContain('long texts');
    }),
    { numRuns: 30 }
  );
});

test('a row that is truncated twice names all truncated parts', () => {
  const once = truncateRow(rowOf(2, 8, 'short'), SMALL);
  const twice = truncateRow(once, 900);
  expect(twice.truncated?.parts).toEqual(expect.arrayContaining(['machine', 'benchmarks']));
  expect(twice.benchmarks).toEqual([]);
});

test('readiness is truncated late, but before the verdict', () => {
  const checked = rowOf(3, 0, 'short', readiness);
  expect(truncateRow(checked, SMALL).readiness).toEqual(readiness);
  const small = truncateRow(checked, 900);
  expect(small).toMatchObject({ readiness: null, verdict: 'fail' });
});

test('texts are truncated by bytes, and notes only after them', () => {
  const text = 'ä'.repeat(1000); // two bytes per character, one for the quotes and one for the mark of the cut
  const row = { ...rowOf(1, 1, text), notes: ['first', 'second', 'x'.repeat(300)] };
  const { reason, notes } = truncateRow(row, sizeOf(row) - 10);
  expect(sizeOf(reason)).toBeLessThanOrEqual(400 + 2);
  expect(sizeOf(reason)).toBeGreaterThan(400 - 4);
  expect(notes).toHaveLength(3);
  expect(truncateRow(row, sizeOf(truncateRow(row, sizeOf(row) - 10)) - 10).notes).toEqual(['first', 'second']);
});

test('a row keeps as many shortfalls as fit, in steps', () => {
  const row = rowOf(1, 60, 'short');
  const truncatedTo = (limit: number): unknown => {
    const { benchmarks, truncated } = truncateRow(row, limit);
    return [benchmarks[0]?.shortfalls.length, truncated?.parts.at(-1)];
  };
  expect(truncatedTo(5_000)).toEqual([32, 'all but the first 32 shortfalls']);
  expect(truncatedTo(2_500)).toEqual([8, 'all but the first 8 shortfalls']);
  expect(truncatedTo(1_100)).toEqual([1, 'all but the first shortfall']);
});

test('devices are truncated after the measurements and before shortfalls', () => {
  const devices = [{ device: 0, address: '0000:01:00.0', uuid: null, name: 'x'.repeat(200) }];
  const row = rowOf(1, 2, 'short');
  const bare = { ...row, machine: null, benchmarks: row.benchmarks.map((each) => ({ ...each, measurements: [] })) };
  const known = { ...row, benchmarks: row.benchmarks.map((each) => ({ ...each, devices })) };
  const { benchmarks, truncated } = truncateRow(known, sizeOf(bare) + 200);
  expect(benchmarks[0]).not.toHaveProperty('devices');
  expect(benchmarks[0]?.shortfalls).toHaveLength(2);
  expect(truncated?.parts).toContain('devices');
});

test('a row with too many shortfalls keeps the first one of each benchmark', () => {
  const { benchmarks } = truncateRow(rowOf(2, 8, 'short'), 1_500);
  expect(benchmarks.map(({ shortfalls }) => shortfalls)).toEqual([[shortfall], [shortfall]]);
});

test('a wrong result is kept rather than what is slow', () => {
  const wrong = {
    ...shortfall,
    metric: 'gpu.errors',
    comparison: '<=',
    measured: 2,
    expected: 0,
    unit: 'errors',
  } as const;
  const row = rowOf(2, 8, 'short');
  const mixed = row.benchmarks.map((each) => ({ ...each, shortfalls: [...each.shortfalls, wrong] }));
  const { benchmarks } = truncateRow({ ...row, benchmarks: mixed }, 1_500);
  expect(benchmarks.map(({ shortfalls }) => shortfalls)).toEqual([[wrong], [wrong]]);
});

import { expect, test } from 'vitest';
import { boundedRow, sizeOf } from '../../src/domain/bounded-row.ts';
import { aggregate, fitted } from '../../src/domain/fleet-report.ts';
import { unmeasuredRow } from '../../src/domain/server-row.ts';
import type { BenchmarkRow, ServerRow } from '../../src/domain/server-row.ts';
import { verdicts } from '../../src/domain/verdict.ts';

const facts = {
  run: 'fleet-20261124-020000',
  temporalRunId: 'x',
  note: null,
  startedAt: '2026-11-24T02:00:00.000Z',
  seconds: 1,
};

const judgedShort: BenchmarkRow = {
  ...{ benchmark: 'cpu', verdict: 'fail', reason: null, error: null, tool: null, seconds: 1, evidence: null },
  measurements: [{ metric: 'cpu.score', device: null, value: 1, unit: 'points', samples: 1, spread: 0 }],
  shortfalls: [{ metric: 'cpu.score', device: null, measured: 1, comparison: '>=', expected: 2, unit: 'points' }],
};

test('every server is counted once, and the failed and errored ones are named in the order of the inventory', () => {
  const rows = [...verdicts, ...verdicts].map((verdict, index) => unmeasuredRow(`web-${index}`, verdict, null));
  const report = aggregate(facts, rows);
  expect(report.requested).toBe(16);
  expect(report.failed).toEqual(['web-1', 'web-9']);
  expect(report.errored).toEqual(['web-2', 'web-10']);
  expect(Object.values(report.counts).reduce((sum, count) => sum + count, 0)).toBe(report.requested);
});

test('a report too large for a workflow result leaves its measurements out, and says so', () => {
  const measurement = { metric: 'cpu.score', device: null, value: 1, unit: 'points', samples: 1, spread: 0 };
  const benchmark = { benchmark: 'cpu', verdict: 'pass', reason: null, error: null, tool: null, seconds: 1 } as const;
  const measurements = Array.from({ length: 12 }, () => measurement);
  const rows = Array.from({ length: 2_000 }, (_, index): ServerRow => ({
    ...unmeasuredRow(`web-${index}`, 'pass', null),
    benchmarks: [{ ...benchmark, measurements, shortfalls: [], evidence: null }],
  }));
  const { servers } = fitted(aggregate(facts, rows));
  expect(servers).toHaveLength(2_000);
  expect(servers[0]!.benchmarks[0]!.measurements).toEqual([]);
  expect(servers[0]!.notes[0]).toContain('shortened');
  expect(fitted(aggregate(facts, rows.slice(0, 400))).servers[0]!.benchmarks[0]!.measurements).toHaveLength(12);
});

test('in a report that is too large a row within its share stays as it is', () => {
  const short = unmeasuredRow('web-0', 'pass', null);
  const long = (index: number): ServerRow => ({
    ...unmeasuredRow(`web-${index}`, 'pass', null),
    machine: { system: 'x'.repeat(2000), cpuModel: null, cpus: 1, memoryMib: null, gpus: [] },
  });
  const rows = [short, ...Array.from({ length: 999 }, (_, index) => long(index + 1))];
  const { servers } = fitted(aggregate(facts, rows));
  expect(servers[0]).toBe(short);
  expect(servers[1]!.notes).toHaveLength(1);
});

test('2,000 servers with a number of their CPUs and no GPU keep the number, which a baseline is learnt from', () => {
  const nothing = { shortfalls: [], error: null, reason: null, seconds: 31.2, tool: 'sysbench' };
  const value = { metric: 'cpu.events_per_second', device: null, value: 8012.34, unit: 'events/s' };
  const state = { loadBefore: 0.12, otherLoad: 0.012, steal: 0.001, celsius: 54, megahertz: 2400 };
  const evidence = { ...state, governor: 'performance', throttlings: 0, doubtful: 0 };
  const none = { type: 'DeviceMissing', message: 'no NVIDIA or AMD GPU' };
  const machine = { system: 'Debian GNU/Linux 12 (bookworm)', cpuModel: 'AMD EPYC 9654 96-Core Processor' };
  const rows = Array.from({ length: 2_000 }, (_, index): ServerRow => ({
    ...unmeasuredRow(`rack-12-node-${index}`, 'measured', null),
    ...{ hardwareClass: 'default', classBy: 'default', identity: '0123456789abcdef', seconds: 64.2 },
    ...{ startedAt: '2026-11-24T02:00:01.000Z', machine: { ...machine, cpus: 192, memoryMib: 1_547_000, gpus: [] } },
    benchmarks: [
      {
        ...nothing,
        benchmark: 'cpu',
        verdict: 'measured',
        measurements: [{ ...value, samples: 3, spread: 0.012 }],
        evidence,
      },
      {
        ...nothing,
        benchmark: 'gpu',
        verdict: 'skip',
        reason: none.message,
        error: none,
        measurements: [],
        evidence: null,
      },
    ],
  }));
  const { servers } = fitted(aggregate(facts, rows));
  expect(servers.map(({ benchmarks }) => benchmarks[0]?.measurements.length)).toEqual(rows.map(() => 1));
});

test('how its servers were chosen takes room, too, and so does the note that a row was shortened', () => {
  const [shortfall] = judgedShort.shortfalls;
  const row = (index: number, tool: string): ServerRow => ({
    ...unmeasuredRow(`web-${1000 + index}`, 'fail', null),
    benchmarks: [{ ...judgedShort, tool, shortfalls: Array.from({ length: 10 }, () => shortfall!) }],
  });
  // Without its measurement each is as large as its share, to the byte.
  const bare = boundedRow({ ...row(0, ''), benchmarks: [{ ...row(0, '').benchmarks[0]!, measurements: [] }] });
  const rows = Array.from({ length: 1000 }, (_, index) => row(index, 'x'.repeat(1649 - sizeOf(bare))));
  expect(sizeOf(fitted(aggregate(facts, rows)).servers)).toBeLessThan(1_652_000);

  const fitting = rows.slice(0, 900);
  expect(fitted(aggregate(facts, fitting)).servers).toEqual(fitting);
  const limit = Array.from({ length: 2_000 }, () => 'x'.repeat(100));
  const chosen = { ...facts, selection: { limit, sample: null, seed: null, of: 900 } };
  expect(fitted(aggregate(chosen, fitting)).servers[0]!.notes).toHaveLength(1);
});

test('2,000 servers that all failed with as much to say as fits into a row still fit into a workflow result', () => {
  const said = 'out of memory \u{1f4a5} '.repeat(100);
  const error = { type: 'BenchmarkCrashed', message: said };
  const benchmark = { benchmark: 'cpu', verdict: 'error', reason: said, error, tool: 'command', seconds: 1 } as const;
  const rows = Array.from({ length: 2_000 }, (_, index): ServerRow =>
    boundedRow({
      ...unmeasuredRow(`${'x'.repeat(90)}-${index}`, 'error', error),
      benchmarks: [1, 2, 3].map(() => ({ ...benchmark, measurements: [], shortfalls: [], evidence: null })),
    })
  );
  expect(sizeOf(rows)).toBeGreaterThan(2_500_000);
  const limit = Array.from({ length: 2_000 }, () => 'x'.repeat(100));
  const selection = { limit, sample: null, seed: null, of: 2_000 };
  const report = fitted(aggregate({ ...facts, selection }, rows));
  // The rows, how they were chosen and that they were shortened, all of it.
  expect(sizeOf(report)).toBeLessThan(1_550_000);
  expect(report.counts.error).toBe(2_000);
  expect(report.servers[0]).toMatchObject({ verdict: 'error', error: { type: 'BenchmarkCrashed' } });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sizeOf } from '../../../src/domain/values/json-value.ts';
import {
  aggregate,
  handedOverBytes,
  isTruncated,
  truncateReport,
  withWholeRows,
  type FleetReport,
} from '../../../src/domain/reports/fleet-report.ts';
import { withSameMachines } from '../../../src/domain/reports/same-machine.ts';
import { unmeasuredRow, type BenchmarkRow, type ServerRow } from '../../../src/domain/verdicts/server-row.ts';
import { truncateRow } from '../../../src/domain/reports/truncate-row.ts';
import { verdicts } from '../../../src/domain/verdicts/verdict.ts';
import { exampleReadiness } from '../../support/example-readiness.ts';

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

test('a report too large for a workflow result is truncated by its measurements, and says so', () => {
  const measurement = { metric: 'cpu.score', device: null, value: 1, unit: 'points', samples: 1, spread: 0 };
  const benchmark = { benchmark: 'cpu', verdict: 'pass', reason: null, error: null, tool: null, seconds: 1 } as const;
  const measurements = Array.from({ length: 12 }, () => measurement);
  const rows = Array.from({ length: 2_000 }, (_, index): ServerRow => ({
    ...unmeasuredRow(`web-${index}`, 'pass', null),
    benchmarks: [{ ...benchmark, measurements, shortfalls: [], evidence: null }],
  }));
  const { servers } = truncateReport(aggregate(facts, rows));
  expect(servers).toHaveLength(2_000);
  expect(servers[0]!.benchmarks[0]!.measurements).toEqual([]);
  expect(servers[0]!.truncated).toEqual({ parts: ['measurements of cpu'], workflowId: 'server/web-0' });
  expect(truncateReport(aggregate(facts, rows.slice(0, 400))).servers[0]!.benchmarks[0]!.measurements).toHaveLength(12);
});

test('in a report that is too large, small rows are unchanged', () => {
  const short = unmeasuredRow('web-0', 'pass', null);
  const long = (index: number): ServerRow => ({
    ...unmeasuredRow(`web-${index}`, 'pass', null),
    machine: { system: 'x'.repeat(2000), cpuModel: null, cpus: 1, memoryMib: null, gpus: [] },
  });
  const rows = [short, ...Array.from({ length: 999 }, (_, index) => long(index + 1))];
  const { servers } = truncateReport(aggregate(facts, rows));
  expect(servers[0]).toEqual(short);
  expect(servers[1]!.truncated?.parts).toEqual(['machine']);
});

test('2,000 servers with one CPU metric and no GPU keep the values that a baseline needs', () => {
  const nothing = { shortfalls: [], error: null, reason: null, seconds: 31.2, tool: 'sysbench' };
  const value = { metric: 'cpu.events_per_second', device: null, value: 8012.34, unit: 'events/s' };
  const state = { loadBefore: 0.12, otherLoad: 0.012, steal: 0.001, celsius: 54, megahertz: 2400 };
  const evidence = { ...state, governor: 'performance', throttlings: 0, doubtful: 0 };
  const none = { type: 'DeviceMissing', message: 'no GPU to measure' };
  const machine = { system: 'Debian GNU/Linux 12 (bookworm)', cpuModel: 'AMD EPYC 9654 96-Core Processor' };
  const rows = Array.from({ length: 2_000 }, (_, index): ServerRow => ({
    ...unmeasuredRow(`rack-12-node-${index}`, 'measured', null),
    ...{ hardwareClass: 'default', classBy: 'default', identity: '0123456789abcdef', seconds: 64.2 },
    temporalRunId: '0190c3e0-6f0e-7d6a-8f0b-0a1b2c3d4e5f',
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
  const { servers } = truncateReport(aggregate(facts, rows));
  expect(servers.map(({ benchmarks }) => benchmarks[0]?.measurements.length)).toEqual(rows.map(() => 1));
});

test('the selection of the servers counts towards the size', () => {
  const [shortfall] = judgedShort.shortfalls;
  const row = (index: number): ServerRow => ({
    ...unmeasuredRow(`web-${1000 + index}`, 'fail', null),
    benchmarks: [{ ...judgedShort, shortfalls: Array.from({ length: 10 }, () => shortfall!) }],
  });
  const count = Math.floor(1_700_000 / sizeOf(row(0)));
  const rows = Array.from({ length: count }, (_, index) => row(index));
  expect(isTruncated(truncateReport(aggregate(facts, rows)))).toBe(false);
  const limit = Array.from({ length: 2_000 }, () => 'x'.repeat(100));
  const chosen = { ...facts, selection: { limit, sample: null, seed: null, of: count } };
  expect(isTruncated(truncateReport(aggregate(chosen, rows)))).toBe(true);
});

const measured = { metric: 'links.bandwidth', device: null, value: 13.46, unit: 'GB/s', samples: 1, spread: 0 };

/** The size of a row with this many measurements. */
function rowWith(numbers: number, serverId: string): ServerRow {
  const measurements = Array.from({ length: numbers }, (_, device) => ({ ...measured, device }));
  return {
    ...unmeasuredRow(serverId, 'fail', null),
    benchmarks: [{ ...judgedShort, benchmark: 'links', measurements }],
  };
}

test('50 servers have 30 KB each, and so has a single large row among 100', () => {
  const large = rowWith(270, 'web-0');
  expect(sizeOf(large)).toBeGreaterThan(25_000);
  expect(handedOverBytes(100)).toBeGreaterThan(sizeOf(large));
  const fifty = Array.from({ length: 50 }, () => large);
  expect(isTruncated(truncateReport(aggregate(facts, fifty)))).toBe(false);
  const others = Array.from({ length: 99 }, (_, index) => rowWith(20, `web-${index + 1}`));
  expect(isTruncated(truncateReport(aggregate(facts, [large, ...others])))).toBe(false);
});

test('2,000 servers with 32 values each lose them in the result, but keep verdict, shortfalls and workflow id', () => {
  const rows = Array.from({ length: 2_000 }, (_, index) => rowWith(32, `web-${index}`));
  const handedOver = rows.map((row) => truncateRow(row, handedOverBytes(2_000)));
  expect(handedOver).toEqual(rows);
  const { servers, counts } = truncateReport(aggregate(facts, handedOver));
  expect(counts.fail).toBe(2_000);
  expect(sizeOf(servers)).toBeLessThan(1_752_000);
  for (const row of servers) {
    expect(row.truncated).toMatchObject({ parts: ['measurements of links'], workflowId: `server/${row.serverId}` });
    expect(row.benchmarks[0]!.shortfalls).toHaveLength(1);
  }
});

test('truncation changes no verdict and no count', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(300), fc.constantFrom(...verdicts)), { maxLength: 400 }), (wanted) => {
      const rows = wanted.map(([numbers, verdict], index) => ({ ...rowWith(numbers, `web-${index}`), verdict }));
      const whole = aggregate(facts, rows);
      const truncated = truncateReport(whole);
      expect({ ...truncated, servers: [] }).toEqual({ ...whole, servers: [] });
      expect(truncated.servers.map(({ verdict }) => verdict)).toEqual(rows.map(({ verdict }) => verdict));
      expect(sizeOf(truncated.servers)).toBeLessThanOrEqual(1_752_000);
    }),
    { numRuns: 20 }
  );
});

test('2,000 failed servers with rows of maximum size fit into a workflow result', () => {
  const said = 'out of memory \u{1f4a5} '.repeat(100);
  const error = { type: 'BenchmarkCrashed', message: said };
  const benchmark = { benchmark: 'cpu', verdict: 'error', reason: said, error, tool: 'command', seconds: 1 } as const;
  const rows = Array.from({ length: 2_000 }, (_, index): ServerRow =>
    truncateRow(
      {
        ...unmeasuredRow(`${'x'.repeat(90)}-${index}`, 'error', error),
        benchmarks: [1, 2, 3].map(() => ({ ...benchmark, measurements: [], shortfalls: [], evidence: null })),
      },
      handedOverBytes(2_000)
    )
  );
  expect(sizeOf(rows)).toBeGreaterThan(2_500_000);
  const limit = Array.from({ length: 2_000 }, () => 'x'.repeat(100));
  const selection = { limit, sample: null, seed: null, of: 2_000 };
  const report = truncateReport(aggregate({ ...facts, selection }, rows));
  // Everything: the rows, the selection, and the note that they were truncated.
  expect(sizeOf(report)).toBeLessThan(2_000_000);
  expect(report.counts.error).toBe(2_000);
  expect(report.servers[0]).toMatchObject({ verdict: 'error', error: { type: 'BenchmarkCrashed' } });
});

/** The maximum number of servers in a run; two of them are the same machine. */
const checkedRows = Array.from({ length: 2_000 }, (_, index): ServerRow => ({
  ...unmeasuredRow(`web-${index}`, 'pass', null),
  identity: (index === 1 ? 0 : index).toString(16).padStart(8, '0').repeat(2),
  readiness: exampleReadiness({ otherWork: 'x'.repeat(200) }),
}));
const whole: FleetReport = aggregate({ ...facts, checkOnly: true }, withSameMachines(checkedRows));
const truncatedReport = truncateReport(whole);

test('the truncated result of a check of 2,000 servers is completed from the rows of the query', () => {
  expect(isTruncated(truncatedReport)).toBe(true);
  expect(truncatedReport.servers[7]!.readiness).toBeNull();
  expect(withWholeRows(truncatedReport, checkedRows.toReversed())).toEqual(whole);
  expect(whole.servers[1]!.notes[0]).toContain('the same machine as web-0');
});

test('a report is unchanged if it is complete, or if not all rows are known', () => {
  expect(withWholeRows(whole, [])).toBe(whole);
  expect(withWholeRows(truncatedReport, checkedRows.slice(1))).toBe(truncatedReport);
});

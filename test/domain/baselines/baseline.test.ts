import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { baselineOf, type Baseline } from '../../../src/domain/baselines/baseline.ts';
import type { MetricBaseline } from '../../../src/domain/baselines/metric-baseline.ts';
import type { RowEvidence } from '../../../src/domain/measurements/evidence.ts';
import { limitsOf, reaches } from '../../../src/domain/verdicts/expectation.ts';
import { BESIDE_OTHER_WORK } from '../../../src/domain/measurements/quiet-limits.ts';
import type { MeasuredRun } from '../../../src/domain/reports/read-report.ts';
import {
  unmeasuredRow,
  type BenchmarkRow,
  type RowMeasurement,
  type Shortfall,
  type ServerRow,
} from '../../../src/domain/verdicts/server-row.ts';

function measurement(more: Partial<RowMeasurement>): RowMeasurement {
  return { metric: 'cpu.score', device: null, value: 100, unit: 'points', samples: 3, spread: 0.02, ...more };
}

function benchmark(measurements: RowMeasurement[], more: Partial<BenchmarkRow> = {}): BenchmarkRow {
  const name = measurements[0]?.metric.split('.')[0] ?? 'cpu';
  const nothing = { reason: null, error: null, seconds: 1, shortfalls: [], evidence: null };
  return { benchmark: name, verdict: 'measured', tool: 'sysbench', measurements, ...nothing, ...more };
}

function server(serverId: string, benchmarks: BenchmarkRow[], more: Partial<ServerRow> = {}): ServerRow {
  const unknown = {
    classBy: null,
    machine: null,
    identity: null,
    readiness: null,
    temporalRunId: null,
    truncated: null,
  };
  const nothing = { ...unknown, reason: null, error: null, startedAt: null, seconds: 1, notes: [] };
  return { serverId, hardwareClass: 'default', verdict: 'measured', benchmarks, ...nothing, ...more };
}

function run(servers: ServerRow[], day = 24): MeasuredRun {
  return { run: `fleet-${day}`, temporalRunId: `t${day}`, startedAt: `2026-11-${day}T02:00:00.000Z`, servers };
}

function scores(...values: number[]): ServerRow[] {
  return values.map((value, index) => server(`web-${index + 1}`, [benchmark([measurement({ value })])]));
}

function only({ classes }: Baseline): MetricBaseline {
  expect(classes.map(({ metrics }) => metrics.length)).toEqual([1]);
  return classes[0]!.metrics[0]!;
}

test('the reference is the median over servers, with the numbers behind it', () => {
  const found = only(baselineOf([run(scores(8012.4, 8101, 7950))]));
  expect(found).toEqual({
    ...{ metric: 'cpu.score', unit: 'points', servers: 3, runs: 1, date: '2026-11-24' },
    expectation: { reference: 8010, tolerance: 0.1 },
    ...{ outliers: [], outside: [], fewerDevices: [], isWide: false },
    lowest: { serverId: 'web-3', device: null, value: 7950 },
    highest: { serverId: 'web-2', device: null, value: 8101 },
  });
});

test('an outlier of five servers is left out and named; of four it is used, and reported as outside', () => {
  const five = only(baselineOf([run(scores(8012, 8101, 7950, 3912, 8060))]));
  expect(five.outliers).toEqual([{ serverId: 'web-4', device: null, value: 3912 }]);
  expect(five).toMatchObject({ servers: 4, outside: [], expectation: { reference: 8040, tolerance: 0.1 } });
  const four = only(baselineOf([run(scores(8012, 8101, 7950, 3912))]));
  expect(four).toMatchObject({ servers: 4, outliers: [], outside: [{ serverId: 'web-4', value: 3912 }] });
});

test('a server counts once, with the median of its runs', () => {
  const runs = [run(scores(100, 200, 300), 22), run(scores(110, 200, 300), 23), run(scores(900, 200, 300), 24)];
  const first = only(baselineOf(runs.map(({ servers, ...each }) => ({ ...each, servers: servers.slice(0, 1) }))));
  expect(first).toMatchObject({ servers: 1, runs: 3, date: '2026-11-24', expectation: { reference: 110 } });
  expect(only(baselineOf(runs))).toMatchObject({ servers: 3, runs: 3, expectation: { reference: 200 } });
});

describe('the tolerance', () => {
  const toleranceOf = (...runs: MeasuredRun[]) => only(baselineOf(runs)).expectation.tolerance;

  test('is three robust standard deviations across servers', () => {
    // deviations 10 5 0 5 10, median 5: 3 * 1.4826 * 5 %
    expect(toleranceOf(run(scores(90, 95, 100, 105, 110)))).toBe(0.23);
  });

  test('or the spread of the samples or the runs of a server', () => {
    const wide = server('web-1', [benchmark([measurement({ spread: 0.183 })])]);
    expect(toleranceOf(run([wide]))).toBe(0.19);
    expect(toleranceOf(run(scores(100), 22), run(scores(100), 23), run(scores(130), 24))).toBe(0.3);
  });

  test('is from 10 to 50 %, and a wider spread is reported', () => {
    expect(toleranceOf(run(scores(100, 100, 100)))).toBe(0.1);
    const wide = only(baselineOf([run(scores(10, 100, 900))]));
    expect(wide).toMatchObject({ expectation: { tolerance: 0.5 }, isWide: true });
  });
});

test('the value of a server is that of its lowest device', () => {
  const gpu = (id: string, ...values: number[]) =>
    server(id, [benchmark(values.map((value, device) => measurement({ metric: 'gpu.fp32_gflops', device, value })))]);
  const servers = [gpu('a', 460, 452), gpu('b', 459, 457), gpu('c', 456), gpu('d', 458), gpu('e', 470, 300, 465)];
  const found = only(baselineOf([run(servers)]));
  expect(found).toMatchObject({ servers: 4, expectation: { reference: 457 } });
  expect(found.outliers).toEqual([{ serverId: 'e', device: 1, value: 300 }]);
});

test('a device whose samples contradict each other is one of the expected devices', () => {
  const spreads = [0.02, 0.9];
  const burn = spreads.map((spread, device) => measurement({ metric: 'burn.gflops', device, spread }));
  const servers = ['a', 'b', 'c'].map((id) => server(id, [benchmark(burn)]));
  expect(only(baselineOf([run(servers)], 0.5)).expectation).toMatchObject({ devices: 2 });
});

test('half of the servers have as many devices as are expected, unless another metric of the benchmark counts them', () => {
  const burn = (id: string, values: number[], counted = false) => {
    const speeds = values.map((value, device) => measurement({ metric: 'burn.gflops', device, value }));
    const count = measurement({ metric: 'burn.devices', unit: 'devices', value: values.length });
    return server(id, [benchmark(counted ? [...speeds, count] : speeds)]);
  };
  const gpus = Array.from({ length: 8 }, () => 100);
  const servers = [burn('a', gpus), burn('b', gpus), burn('c', gpus.slice(1))];
  expect(only(baselineOf([run(servers)]))).toMatchObject({
    expectation: { reference: 100, tolerance: 0.1, devices: 8 },
    fewerDevices: [{ serverId: 'c', devices: 7 }],
  });
  const [counted] = baselineOf([run(['a', 'b'].map((id) => burn(id, gpus, true)))]).classes;
  expect(counted!.metrics.map(({ expectation }) => expectation)).toEqual([
    { reference: 100, tolerance: 0.1 },
    { min: 8 },
  ]);
});

test('a count gets a minimum, and a server below it is an outlier', () => {
  const devices = (value: number, index: number) =>
    server(`gpu-${index}`, [benchmark([measurement({ metric: 'gpu.devices', unit: 'devices', value })])]);
  const found = only(baselineOf([run([8, 8, 7, 8, 8].map(devices))]));
  expect(found).toMatchObject({ expectation: { min: 8 }, servers: 4, outliers: [{ serverId: 'gpu-2', value: 7 }] });
  expect(only(baselineOf([run([8, 8, 7].map(devices))]))).toMatchObject({ outside: [{ serverId: 'gpu-2' }] });
  // Device counts round down: half of the servers have this number.
  expect(only(baselineOf([run([8, 8, 7, 7].map(devices))]))).toMatchObject({ expectation: { min: 7 }, outside: [] });
});

test('a count in another unit gets a minimum, too, or a maximum if lower is better', () => {
  const unexact = { unit: 'gpus', value: 16 };
  const exact = { ...unexact, exact: true } as const;
  const of = (more: Partial<RowMeasurement>, day?: number) =>
    run([server('a', [benchmark([measurement({ metric: 'burn.ok', ...more })])])], day);
  expect(only(baselineOf([of(exact)])).expectation).toEqual({ min: 16 });
  expect(only(baselineOf([of({ ...exact, better: 'lower' })])).expectation).toEqual({ max: 16 });
  expect(only(baselineOf([of({ ...exact, device: 3, spread: 0.5 })])).expectation).toEqual({ min: 16, devices: 1 });
  // Rows of earlier versions do not say it.
  expect(only(baselineOf([of(unexact, 23), of(exact)])).expectation).toEqual({ min: 16 });
  expect(only(baselineOf([of(unexact)])).expectation).toEqual({ reference: 16, tolerance: 0.1 });
});

test('the number of devices is expected, also where a benchmark counts something else', () => {
  const burn = [0, 1].map((device) => measurement({ metric: 'burn.gflops', device }));
  const passed = measurement({ metric: 'burn.passed', unit: 'tests', exact: true, value: 30 });
  const [found] = baselineOf([run([server('a', [benchmark([...burn, passed])])])]).classes;
  expect(found!.metrics.map(({ expectation }) => expectation)).toEqual([
    { reference: 100, tolerance: 0.1, devices: 2 },
    { min: 30 },
  ]);
});

test('the named device is that of the median run, or of the lower of two runs', () => {
  const oddOf = (...runs: [device: number, value: number][]) => {
    const odd = runs.map(([device, value], index) => {
      const own = benchmark([measurement({ metric: 'gpu.score', device, value })]);
      const others = [1, 2, 3, 4].map((id) =>
        server(`gpu-${id}`, [benchmark([measurement({ metric: 'gpu.score', device: 0, value: 100 })])])
      );
      return run([server('odd', [own]), ...others], 20 + index);
    });
    return only(baselineOf(odd)).outliers;
  };
  expect(oddOf([5, 12], [7, 10], [6, 11])).toEqual([{ serverId: 'odd', device: 6, value: 11 }]);
  expect(oddOf([5, 12], [7, 10])).toEqual([{ serverId: 'odd', device: 7, value: 11 }]);
});

test('a metric that does not belong to its benchmark is unusable', () => {
  const foreign = benchmark([measurement({ metric: 'disk.score' })], { benchmark: 'cpu' });
  const { classes, unusable } = baselineOf([run([server('web-1', [foreign])])]);
  expect(classes).toEqual([]);
  expect(unusable).toEqual([{ hardwareClass: 'default', metric: 'disk.score', reason: 'it is not a metric of cpu' }]);
});

test('a server that was skipped as a duplicate machine is not reported as left out', () => {
  const second = unmeasuredRow('web-2', 'skip', null, 'the same machine as web-1 (10.0.0.1:22)');
  expect(baselineOf([run([...scores(100), second])]).leftOut).toEqual([]);
});

test('each class is separate, and a server without one is in the default class', () => {
  const servers = scores(100, 200).map((row, index) => ({ ...row, hardwareClass: index === 0 ? null : 'h100x8' }));
  const { classes } = baselineOf([run(servers)]);
  expect(classes.map((each) => [each.hardwareClass, each.metrics[0]!.expectation.reference])).toEqual([
    ['default', 100],
    ['h100x8', 200],
  ]);
});

test('a near miss of its class is left out and reported', () => {
  const near = server('web-9', [benchmark([measurement({ value: 1 })])], { verdict: 'error', classBy: 'near miss' });
  const baseline = baselineOf([run([...scores(100, 101, 102), near])]);
  expect(only(baseline)).toMatchObject({ servers: 3, lowest: { value: 100 } });
  expect(baseline.leftOut).toEqual([{ reason: 'near miss of its class', serverIds: ['web-9'] }]);
});

test('servers that fell short count; unjudged ones and those under other load are left out and reported', () => {
  const evidence: RowEvidence = {
    ...{ loadBefore: 0, otherLoad: 0.4, steal: 0, celsius: null, megahertz: null, governor: null, throttlings: 0 },
    doubtful: 1,
  };
  const at = (value: number, more: Partial<BenchmarkRow>) => [benchmark([measurement({ value })], more)];
  const servers = [
    server('passed', at(100, { verdict: 'pass' })),
    server('short', at(102, { verdict: 'fail' })),
    server('measured', at(98, {})),
    server('doubtful', at(1, { evidence })),
    server('beside', at(1, {}), { notes: [`${BESIDE_OTHER_WORK}: others use 40 %`] }),
    server('unclear', at(1, { verdict: 'error', error: { type: 'Inconclusive', message: 'apart' } })),
    server('no-gpu', [benchmark([], { verdict: 'skip' })]),
    unmeasuredRow('busy', 'busy', { type: 'ServerBusy', message: 'at work' }),
    unmeasuredRow('gone', 'error', { type: 'ServerUnreachable', message: 'refused' }),
    unmeasuredRow('late', 'not_reached', null),
    server('broken', at(Number.NaN, {})),
  ];
  const baseline = baselineOf([run(servers)]);
  expect(only(baseline)).toMatchObject({ servers: 3, expectation: { reference: 100 } });
  expect(baseline.leftOut).toEqual([
    { reason: 'cpu measured under other load, or held back', serverIds: ['doubtful', 'beside'] },
    { reason: 'cpu error Inconclusive', serverIds: ['unclear'] },
    { reason: 'busy ServerBusy', serverIds: ['busy'] },
    { reason: 'error ServerUnreachable', serverIds: ['gone'] },
    { reason: 'not reached', serverIds: ['late'] },
    { reason: 'cpu.score is not a number', serverIds: ['broken'] },
  ]);
});

test('a benchmark with wrong results is left out and reported, and another one of its server is used', () => {
  const wrong = {
    metric: 'burn.faults',
    device: 3,
    measured: 1,
    expected: 0,
    unit: 'faults',
    comparison: '<=',
  } as const;
  const slow = {
    ...wrong,
    metric: 'burn.score',
    measured: 100,
    expected: 200,
    unit: 'points',
    comparison: '>=',
  } as const;
  const gpu = (id: string, ...shortfalls: Shortfall[]) =>
    server(id, [
      benchmark([measurement({ metric: 'burn.score' })], { verdict: 'fail', shortfalls }),
      benchmark([measurement({})]),
    ]);
  const { classes, leftOut } = baselineOf([run([gpu('a', wrong), gpu('b', slow, wrong), gpu('c', slow)])]);
  expect(leftOut).toEqual([{ reason: 'burn has wrong results', serverIds: ['a', 'b'] }]);
  expect(classes[0]!.metrics.map(({ metric, servers }) => [metric, servers])).toEqual([
    ['cpu.score', 3],
    ['burn.score', 1],
  ]);
});

test('a server with truncated measurements is reported as left out, one without a GPU is not', () => {
  const skipped = benchmark([], { benchmark: 'gpu', verdict: 'skip' });
  const servers = [server('web-1', [benchmark([], { verdict: 'pass' }), skipped])];
  expect(baselineOf([run(servers)]).leftOut).toEqual([
    { reason: 'cpu has no numbers in its report', serverIds: ['web-1'] },
  ]);
});

test('unusable metrics get no expectation, but a reason', () => {
  const servers = [
    server('a', [benchmark([measurement({ metric: 'cpu.sha256', value: 5 })], { tool: 'openssl' })]),
    ...['b', 'c'].map((id) => server(id, [benchmark([measurement({ metric: 'cpu.events', value: 7 })])])),
    server('d', [benchmark([measurement({ metric: 'burn.errors', value: 0 })])]),
    server('e', [benchmark([measurement({ metric: 'io.speed', unit: 'GB/s' })])]),
    server('f', [benchmark([measurement({ metric: 'io.speed', unit: 'MB/s' })])]),
  ];
  const { classes, unusable } = baselineOf([run(servers)]);
  expect(classes[0]!.metrics.map(({ metric }) => metric)).toEqual(['cpu.events']);
  expect(unusable.map(({ metric, reason }) => `${metric}: ${reason}`)).toEqual([
    'cpu.sha256: most servers of this class were measured by sysbench, which does not measure it',
    'burn.errors: it counts errors, of which a healthy server has none; set max: 0 by hand',
    'io.speed: it was measured in several units: GB/s, MB/s',
  ]);
});

const value = fc.double({ min: 1e-6, max: 1e12, noNaN: true });

test('every server that is not reported as left out or outside passes its own baseline', () => {
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 12 }), (of) => {
      const { expectation, outliers, outside } = only(baselineOf([run(scores(...of))]));
      const named = [...outliers, ...outside].map(({ serverId }) => serverId);
      const [limit] = limitsOf(expectation, 'higher');
      for (const [index, each] of of.entries()) {
        // Percent and fraction differ by a rounding error.
        expect(reaches(each * (1 + 1e-9), limit!) || named.includes(`web-${index + 1}`)).toBe(true);
      }
    })
  );
});

test('samples further apart than accepted are left out, except for counts, which are exact', () => {
  const inconsistent = server('web-1', [benchmark([measurement({ spread: 0.41 })])]);
  const steady = scores(100, 101, 102, 103).slice(1);
  const { classes, leftOut } = baselineOf([run([inconsistent, ...steady])]);
  expect(classes[0]!.metrics[0]).toMatchObject({ servers: 3, expectation: { reference: 102, tolerance: 0.1 } });
  const reason = 'cpu.score has samples that contradict each other (more than 25 % apart)';
  expect(leftOut).toEqual([{ reason, serverIds: ['web-1'] }]);
  expect(only(baselineOf([run([inconsistent])], 0.41)).expectation.tolerance).toBe(0.41);
  for (const metric of ['gpu.devices', 'gpu.boards']) {
    const devices = measurement({ metric, unit: 'devices', value: 8, spread: 0.5 });
    expect(only(baselineOf([run([server('gpu-1', [benchmark([devices])])])])).expectation).toEqual({ min: 8 });
  }
});

test('for any report, a reference is above 0 and its tolerance from 10 to 50 %', () => {
  const any = fc.oneof(fc.double(), fc.constantFrom(0, -1, 1e308, 5e-324), value);
  const row = fc.record({
    ...{ metric: fc.string(), value: any, spread: any, unit: fc.string(), samples: fc.nat() },
    device: fc.option(fc.nat()),
  });
  const servers = fc.array(fc.tuple(fc.string(), fc.string(), fc.array(row, { maxLength: 4 })), { maxLength: 12 });
  fc.assert(
    fc.property(servers, (of) => {
      const rows = of.map(([id, hardwareClass, measurements]) =>
        server(id, [benchmark(measurements)], { hardwareClass })
      );
      for (const { metrics } of baselineOf([run(rows), run(rows, 25)]).classes) {
        for (const {
          expectation: { min, reference, tolerance },
          servers: count,
        } of metrics) {
          expect(min ?? reference).toBeGreaterThan(0);
          expect(Number.isFinite(min ?? reference)).toBe(true);
          if (min === undefined) expect(tolerance! >= 0.1 && tolerance! <= 0.5).toBe(true);
          expect(count).toBeGreaterThan(0);
        }
      }
    })
  );
});

test('of the devices of a server the worst one counts: the highest where lower is better', () => {
  const devices = (metric: string, values: number[], more: Partial<RowMeasurement>) =>
    benchmark(values.map((value, device) => measurement({ metric, device, value, ...more })));
  const latency = { unit: 'ns', better: 'lower' } as const;
  const servers = ['a', 'b', 'c'].map((id) =>
    server(id, [devices('cpu.speed', [100, 90], {}), devices('gpu.latency', [700, 900], latency)])
  );
  const [metrics] = baselineOf([run(servers)]).classes.map((each) => each.metrics);
  expect(metrics!.map(({ metric, expectation }) => [metric, expectation.reference])).toEqual([
    ['cpu.speed', 90],
    ['gpu.latency', 900],
  ]);
  expect(metrics![1]!.lowest).toMatchObject({ device: 1, value: 900 });
});

test.each([0, 3])('a count of errors is not learnt, also where most servers have %d', (value) => {
  const errors = { metric: 'burn.errors', unit: 'errors', better: 'lower', value } as const;
  const servers = ['a', 'b', 'c'].map((id) => server(id, [benchmark([measurement(errors)])]));
  const { classes, unusable } = baselineOf([run(servers)]);
  expect(classes).toEqual([]);
  expect(unusable).toEqual([
    {
      ...{ hardwareClass: 'default', metric: 'burn.errors' },
      reason: 'it counts errors, of which a healthy server has none; set max: 0 by hand',
    },
  ]);
});

import { expect, test } from 'vitest';
import { outcomeOfRun, outcomeOfServer } from '../../../src/domain/records/outcomes.ts';
import { unmeasuredRow } from '../../../src/domain/verdicts/server-row.ts';
import { events, exampleReport, gflops, judgedServer, outcome, reportOf } from '../../reports/example-report.ts';

const latency = (...values: number[]) =>
  values.map((value) => ({ metric: 'net.latency', unit: 'us', better: 'lower', device: null, value }) as const);

test('a value is shown with its limit, and how far it meets that', () => {
  const { verdict, metrics } = outcomeOfServer(judgedServer('web-1', { cpu: outcome(events(3600)) }));
  expect(verdict).toBe('fail');
  expect(metrics).toEqual([
    {
      ...{ metric: 'cpu.events_per_second', unit: 'events/s', value: 3600, ratio: 0.5 },
      limits: [{ comparison: '>=', expected: 7200 }],
    },
  ]);
});

test('of several devices, the worst is shown', () => {
  const { metrics } = outcomeOfServer(judgedServer('gpu-1', { gpu: outcome(gflops(50_000, 22_500, 48_000)) }));
  expect(metrics).toMatchObject([{ metric: 'gpu.fp32_gflops', value: 22_500, ratio: 0.5 }]);
});

test('where lower is better, a high value is the worst, and a shortfall is still below 1', () => {
  const expected = { 'net.latency': { max: 10 } };
  const { metrics } = outcomeOfServer(judgedServer('web-1', { net: outcome(latency(20)) }, expected));
  expect(metrics).toMatchObject([{ value: 20, limits: [{ comparison: '<=', expected: 10 }], ratio: 0.5 }]);
});

test('with two limits, the nearer one counts', () => {
  const expected = { 'cpu.events_per_second': { min: 1000, max: 5000 } };
  const row = judgedServer('web-1', { cpu: outcome(events(4000)) }, expected);
  expect(outcomeOfServer(row).metrics).toMatchObject([{ ratio: 1.25 }]);
});

test.each([
  ['nothing is expected', {}, 100],
  ['the limit is 0', { 'cpu.events_per_second': { min: 0 } }, 100],
  ['the value is negative', { 'cpu.events_per_second': { min: 10 } }, -5],
])('there is no ratio if %s', (_what, expected, value) => {
  const row = judgedServer('web-1', { cpu: outcome(events(value)) }, expected);
  expect(outcomeOfServer(row).metrics).toMatchObject([{ value, ratio: null }]);
});

test('a value that is no number is left out', () => {
  const row = judgedServer('web-1', { cpu: outcome(events(100)) });
  row.benchmarks[0]!.measurements[0]!.value = NaN;
  expect(outcomeOfServer(row).metrics).toEqual([]);
});

test('a server without measurements has the type of its error, and no id', () => {
  const error = { type: 'ServerUnreachable', message: 'connect ECONNREFUSED 10.0.0.4:22' };
  const shown = outcomeOfServer(unmeasuredRow('web-4', 'error', error));
  expect(shown).toEqual({ verdict: 'error', hardwareClass: null, errorType: 'ServerUnreachable', metrics: [] });
});

test('the result of a run is the verdict of its worst server, or that it was cancelled', () => {
  expect(outcomeOfRun(exampleReport, false)).toMatchObject({ kind: 'run', result: 'fail' });
  expect(outcomeOfRun(exampleReport, true)).toMatchObject({ kind: 'run', result: 'cancelled' });
  expect(outcomeOfRun({ ...reportOf([]), checkOnly: true }, false)).toMatchObject({ kind: 'check', result: 'skip' });
});

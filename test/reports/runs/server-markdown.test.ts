import { expect, test } from 'vitest';
import type { BenchmarkPlan } from '../../../src/domain/plans/plan.ts';
import { unmeasuredRow, type BenchmarkRow } from '../../../src/domain/verdicts/server-row.ts';
import { serverMarkdown, unmeasuredMarkdown } from '../../../src/reports/runs/server-markdown.ts';

const step = { activity: 'benchmarkCommand', tool: 'command', summary: '', timeoutMs: 1 } as const;
const plan: BenchmarkPlan[] = [
  { benchmark: 'cpu', step, expected: { 'cpu.score': { reference: 100, tolerance: 0.1 } } },
  { benchmark: 'gpu', step, expected: { 'gpu.gflops': { min: 45_000 } } },
  { benchmark: 'disk', step, expected: {} },
];
const measured = { samples: 3, spread: 0.01 };
const none = { error: null, tool: null, seconds: 1, evidence: null, shortfalls: [] };
const cpu: BenchmarkRow = {
  ...{ benchmark: 'cpu', verdict: 'pass', reason: null, ...none },
  measurements: [{ metric: 'cpu.score', device: null, value: 95, unit: 'points', ...measured }],
};
const gpu: BenchmarkRow = {
  ...{
    benchmark: 'gpu',
    verdict: 'fail',
    reason: 'gpu.gflops of device 1: 31,000 of >= 45,000 GFLOPS (68 %)',
    ...none,
  },
  measurements: [46_000, 31_000].map((value, device) => {
    return { metric: 'gpu.gflops', device, value, unit: 'GFLOPS', ...measured };
  }),
};

test('a server that is measured shows what is done with its limits, what runs, and what waits', () => {
  expect(serverMarkdown('web-7', 'h100x8', plan, [cpu])).toBe(`**web-7** h100x8: 1 of 3 benchmarks done

| benchmark | verdict | measured | expected |
| --- | --- | --- | --- |
| cpu.score | pass | 95 points, 3 samples | at least 90 points |
| gpu | running |  |  |
| disk | waiting |  |  |`);
});

test('the benchmark that runs says which sample is measured, as text', () => {
  expect(serverMarkdown('web-7', 'h100x8', plan, [cpu], '2 of 3')).toContain('| gpu | running, sample 2 of 3 |  |  |');
  expect(serverMarkdown('web-7', 'h100x8', plan, [cpu], '<b>|')).toContain(
    '| gpu | running, sample &#60;b>\\| |  |  |'
  );
});

test('a shortfall is a line of its own, above the range of all devices', () => {
  expect(serverMarkdown('web-7', 'h100x8', plan, [cpu, gpu])).toContain(`
| gpu | fail | gpu.gflops of device 1: 31,000 of >= 45,000 GFLOPS (68 %) |  |
| gpu.gflops | fail | 31,000 to 46,000 GFLOPS on 2 devices, 3 samples | at least 45,000 GFLOPS |
| disk | running |  |  |`);
});

test('an error says its type first', () => {
  const error = { type: 'Inconclusive', message: 'its 6 samples lie on both sides' };
  const row: BenchmarkRow = { ...gpu, verdict: 'error', reason: error.message, error, measurements: [] };
  expect(serverMarkdown('web-7', 'h100x8', plan, [cpu, row])).toContain(
    '| gpu | error | Inconclusive: its 6 samples lie on both sides |  |'
  );
});

test('a server on which nothing was measured shows why, and what to do, as text', () => {
  const message = 'cannot connect to <b>10.0.0.1</b>';
  expect(unmeasuredMarkdown(unmeasuredRow('web-7', 'error', { type: 'ServerUnreachable', message })))
    .toBe(`**web-7** error: ServerUnreachable: cannot connect to &#60;b>10.0.0.1&#60;/b>

Check that the server is up, and that the worker can reach its address and port.`);
  expect(unmeasuredMarkdown(unmeasuredRow('web-7', 'busy', { type: 'Of a later version', message: 'x' }))).toBe(
    '**web-7** busy: Of a later version: x'
  );
  expect(unmeasuredMarkdown(unmeasuredRow('web-7', 'skip', null, 'not reached by SSH'))).toBeNull();
});

test('is below the limit of Temporal, whatever a server says', () => {
  const many = Array.from({ length: 500 }, (_, device) => ({
    ...gpu.measurements[0]!,
    metric: `gpu.${device}`,
    device,
  }));
  const hostile = { ...gpu, reason: '| **x** <script>\n'.repeat(100), measurements: many };
  const markdown = serverMarkdown('web-7', '<b>', plan, [cpu, hostile]);
  expect(Buffer.byteLength(markdown)).toBeLessThan(20_000);
  expect(markdown).toContain('and 443 more');
  expect(markdown).not.toMatch(/<script|<b>/);
});

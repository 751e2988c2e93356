import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ServerOutcome } from '../../src/domain/records/outcomes.ts';
import { bareEnvironment } from '../support/environment.ts';
import { hasPrometheus } from '../support/prometheus.ts';

const hostile = 'a"b\\c\nd}\u001b[31m\u202e,le="1"';

const metric = { metric: 'cpu.score', unit: 'points', value: 12, limits: [], ratio: null };

const outcomes: ServerOutcome[] = [
  { verdict: 'pass', hardwareClass: 'default', errorType: null, metrics: [{ ...metric, ratio: 1.5 }] },
  {
    verdict: 'fail',
    hardwareClass: hostile,
    errorType: hostile,
    metrics: [{ ...metric, metric: hostile, unit: hostile }],
  },
  { verdict: 'error', hardwareClass: null, errorType: 'x'.repeat(10_000), metrics: [] },
  {
    ...{ verdict: 'measured', hardwareClass: 'cold' },
    errorType: null,
    metrics: [
      { ...metric, value: -40, limits: [{ comparison: '>=', expected: -50 }] },
      { ...metric, metric: 'cpu.huge', value: Infinity, limits: [{ comparison: '<=', expected: 1e300 }] },
    ],
  },
];

describe('the metrics of a worker, as the exporter of the SDK serves them', () => {
  let text: string;
  beforeAll(() => {
    const program = join(import.meta.dirname, 'metrics-process.ts');
    const args = ['--import', 'tsx', program, JSON.stringify([outcomes])];
    text = execFileSync(process.execPath, args, {
      encoding: 'utf8',
      env: bareEnvironment({ PATH: process.env['PATH'] }),
    });
  });

  test('hostile names stay text: no new line, no control character, no unescaped quote, no long label', () => {
    expect(text).toContain(String.raw`fleetmark_servers_total{class="a\"b\\c d} [31m ,le=\"1\"",verdict="fail"} 1`);
    expect(text).toContain(String.raw`unit="a\"b\\c d} [31m ,le=\"1\"`);
    expect(text).not.toMatch(/[^\n\P{C}]/u);
    for (const line of text.trim().split('\n')) expect(line).toMatch(/^(# (HELP|TYPE) |[a-z_]+(\{.*\})? [\d.e+]+$)/);
    expect(Math.max(...text.split('\n').map(({ length }) => length))).toBeLessThan(500);
  });

  test('series begin at 0, so that the first failure is an increase', () => {
    expect(text).toContain('fleetmark_servers_total{class="default",verdict="fail"} 0\n');
    expect(text).toContain('fleetmark_runs_total{kind="run",result="refused"} 0\n');
    expect(text).toContain('fleetmark_ssh_connections 0\n');
  });

  test('negative and infinite values are left out: the SDK cannot show them', () => {
    expect(text).not.toMatch(/-\d|inf/);
    expect(text).toContain('fleetmark_last_limit{bound="max",class="cold",metric="cpu.huge"} 1');
    expect(text).toContain('fleetmark_servers_total{class="cold",verdict="measured"} 1\n');
  });

  test('durations are in seconds, and failed writes are counted', () => {
    expect(text).toContain('fleetmark_job_duration_seconds_sum{benchmark="cpu"} 12.5\n');
    expect(text).toContain('fleetmark_job_duration_seconds_count{benchmark="cpu"} 2\n');
    expect(text).toContain('fleetmark_results_write_failures_total 2\n');
  });

  test.skipIf(!hasPrometheus)('promtool finds no fault in them', () => {
    const own = text.replaceAll(/^(?!.*fleetmark_).*\n/gm, '');
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: own, encoding: 'utf8' });
    expect([status, stdout, stderr]).toEqual([0, '', '']);
  });
});

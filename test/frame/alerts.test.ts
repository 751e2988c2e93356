import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';
import { hasPrometheus } from '../support/prometheus.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { repository } from './scratch-project.ts';

const rulesFile = join(repository, 'examples', 'alerts.yml');
const rules = parse(readFileSync(rulesFile, 'utf8')) as { groups: { rules: { alert: string }[] }[] };
const alerts = rules.groups.flatMap((group) => group.rules.map(({ alert }) => alert));

const ended = 'fleetmark_last_run_end_timestamp_seconds{kind="run",result="pass"}';
const servers = (verdict: string) => `fleetmark_servers_total{class="default",verdict="${verdict}"}`;

/** Series in minutes, and whether the alert fires after them. */
const cases: [alert: string, series: Record<string, string>, minutes: number, fires: boolean][] = [
  ['FleetmarkServersFailed', { [servers('fail')]: '0x5 1x20', [servers('pass')]: '0x25' }, 12, true],
  ['FleetmarkServersFailed', { [servers('fail')]: '0x25', [servers('pass')]: '0x5 900x20' }, 12, false],
  ['FleetmarkServersFailed', { [servers('fail')]: '7x10 0x20' }, 20, false], // a restarted worker
  ['FleetmarkServersNotJudged', { [servers('error')]: '0x5 2x20', [servers('pass')]: '0x5 8x20' }, 12, true],
  ['FleetmarkServersNotJudged', { [servers('error')]: '0x5 1x20', [servers('pass')]: '0x5 99x20' }, 12, false],
  ['FleetmarkNoRun', { [ended]: '0x1700' }, 1600, true],
  ['FleetmarkNoRun', { [ended]: '0x1000 60000x700' }, 1600, false],
  ['FleetmarkNoRun', { [ended]: '0x5 _x1700' }, 1600, true], // the worker is gone
  ['FleetmarkRunRefused', { 'fleetmark_runs_total{kind="run",result="refused"}': '0x5 1x20' }, 12, true],
  ['FleetmarkRunRefused', { 'fleetmark_runs_total{kind="run",result="fail"}': '0x5 1x20' }, 12, false],
  ['FleetmarkResultsNotWritten', { fleetmark_results_write_failures_total: '0+1x40' }, 30, true],
  ['FleetmarkResultsNotWritten', { fleetmark_results_write_failures_total: '0x40' }, 30, false],
  ['FleetmarkWorkerDown', { 'up{job="fleetmark",instance="a"}': '0x20' }, 10, true],
  ['FleetmarkWorkerDown', { 'up{job="fleetmark",instance="a"}': '1x8 0x3 1x20' }, 12, false],
  ['FleetmarkTemporalAway', { [polls('PollActivityTaskQueue')]: '0+5x20' }, 15, true],
  ['FleetmarkTemporalAway', { [polls('PollActivityTaskQueue')]: '0x5 1x20' }, 15, false], // one failed poll
  ['FleetmarkClassNearLimit', ratios('0x5 20x90', '0x5 20x90', '0x5 20x90'), 60, true],
  ['FleetmarkClassNearLimit', ratios('0x5 0x90', '0x5 0x90', '0x5 20x90'), 60, false],
];

function polls(operation: string): string {
  return `temporal_long_request_failure_total{instance="a",operation="${operation}",status_code="TRANSPORT_ERROR"}`;
}

function ratios(atMost1: string, atMost102: string, all: string): Record<string, string> {
  const labels = 'class="default",metric="cpu.score"';
  const bucket = (le: string): string => `fleetmark_limit_ratio_bucket{${labels},le="${le}"}`;
  const buckets = { [bucket('1')]: atMost1, [bucket('1.02')]: atMost102, [bucket('1.1')]: all, [bucket('+Inf')]: all };
  return { ...buckets, [`fleetmark_limit_ratio_count{${labels}}`]: all };
}

describe.skipIf(!hasPrometheus)('the alert rules', () => {
  test('are valid for promtool', () => {
    const { status, stderr } = spawnSync('promtool', ['check', 'rules', rulesFile], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
  });

  test.each(cases)('%s, %j after %i minutes: %s', (alert, series, minutes, fires) => {
    const input = Object.entries(series).map(([name, values]) => ({ series: name, values }));
    const count = `count(ALERTS{alertname="${alert}",alertstate="firing"})`;
    const expected = fires ? [{ labels: '{}', value: 1 }] : [];
    const wanted = [{ expr: count, eval_time: `${minutes}m`, exp_samples: expected }];
    const unit = { interval: '1m', input_series: input, promql_expr_test: wanted };
    const file = join(temporaryFolder('alerts'), 'test.json'); // JSON is YAML
    writeFileSync(file, JSON.stringify({ rule_files: [rulesFile], evaluation_interval: '1m', tests: [unit] }));
    const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', file], { encoding: 'utf8' });
    expect(status, stdout + stderr).toBe(0);
  });
});

test('each alert is tested, and named in docs/metrics.md', () => {
  expect([...new Set(cases.map(([alert]) => alert))].sort()).toEqual([...alerts].sort());
  const page = readFileSync(join(repository, 'docs', 'metrics.md'), 'utf8');
  expect(alerts.filter((alert) => !page.includes(`| \`${alert}\``))).toEqual([]);
});

import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { reserveRefusedPort } from '../../src/processes/ports.ts';
import { startTemporalProcess, type TemporalProcess } from '../faults/temporal-process.ts';
import { scoreCommand } from '../support/fleetmark-yaml.ts';
import { eventually } from '../support/processes.ts';
import { hasPrometheus, startPrometheus } from '../support/prometheus.ts';
import { startFleetmark, type Running } from './command-line.ts';
import { skipsWithout, startFleet, type Fleet } from './fleet.ts';

const examples = join(import.meta.dirname, '..', '..', 'examples');

interface Dashboard {
  panels: { targets: { expr: string }[] }[];
}

/** The expressions of the dashboard, with the variables that Grafana would fill in. */
function dashboardExpressions(): string[] {
  const file = join(examples, 'grafana', 'fleetmark-prometheus.json');
  const { panels } = JSON.parse(readFileSync(file, 'utf8')) as Dashboard;
  const filled = { $__rate_interval: '1m', $__range: '1h', $class: '.*' };
  return panels.flatMap(({ targets }) =>
    targets.map(({ expr }) =>
      Object.entries(filled).reduce((text, [name, value]) => text.replaceAll(name, value), expr)
    )
  );
}

function alertExpressions(): Map<string, string> {
  const rules = parse(readFileSync(join(examples, 'alerts.yml'), 'utf8')) as {
    groups: { rules: { alert: string; expr: string }[] }[];
  };
  return new Map(rules.groups.flatMap((group) => group.rules.map(({ alert, expr }) => [alert, expr])));
}

function documentedMetrics(): string[] {
  const page = readFileSync(join(examples, '..', 'docs', 'metrics.md'), 'utf8');
  return [...page.matchAll(/^\| `(fleetmark_\w+)`/gm)].map(([, name]) => name!);
}

describe.skipIf(skipsWithout())('metrics and health of a worker', () => {
  let fleet: Fleet;
  let temporal: TemporalProcess;
  const started: Running[] = [];
  beforeAll(async () => {
    fleet = await startFleet(2);
    temporal = await startTemporalProcess(fleet.folder);
    const command = 'case $SSH_CONNECTION in *127.0.1.2*) echo score: 12;; *) echo score: 80;; esac';
    const expectations = { 'cpu.score': { min: 50 } };
    const servers = { gone: { host: '127.0.0.1', port: await reserveRefusedPort() } };
    fleet.configure({ servers, benchmarks: { cpu: scoreCommand(command) }, expect: expectations });
  });
  afterEach(async () => {
    for (const { process, ended } of started.splice(0)) {
      process.kill('SIGKILL');
      await ended;
    }
  });
  afterAll(async () => {
    await temporal?.kill();
    await fleet?.stop();
  });

  function start(args: string[], env: NodeJS.ProcessEnv = {}): Running {
    const running = startFleetmark(fleet.folder, args, { TEMPORAL_ADDRESS: temporal.address, ...env });
    started.push(running);
    return running;
  }

  /** Resolves with the URL of its metrics. */
  async function urlOf(running: Running): Promise<string> {
    const [, url] = await running.waitFor(/^Metrics at (http:\S+)\/metrics$/m);
    return url!;
  }

  async function isReady(url: string, ready: boolean): Promise<string> {
    const response = await eventually(
      () => fetch(`${url}/readyz`),
      ({ status }) => status === (ready ? 200 : 503)
    );
    return response.text();
  }

  async function metricsOf(url: string): Promise<string[]> {
    return (await (await fetch(`${url}/metrics`)).text()).split('\n');
  }

  test('a run of two servers, one of which fails, is counted by verdict and class, with value and limit', async () => {
    const url = await urlOf(start(['worker', '--metrics-port', '0']));
    expect(await metricsOf(url)).toContain('fleetmark_servers_total{class="default",verdict="fail"} 0');
    expect((await start(['run', '--yes', '--limit', 'web-*']).ended).exitCode).toBe(1);
    const lines = await metricsOf(url);
    expect(lines).toEqual(
      expect.arrayContaining([
        'fleetmark_servers_total{class="default",verdict="fail"} 1',
        'fleetmark_servers_total{class="default",verdict="pass"} 1',
        'fleetmark_servers_total{class="default",verdict="error"} 0',
        'fleetmark_runs_total{kind="run",result="fail"} 1',
        'fleetmark_last_limit{bound="min",class="default",metric="cpu.score"} 50',
        'fleetmark_limit_ratio_count{class="default",metric="cpu.score"} 2',
        'fleetmark_limit_ratio_bucket{class="default",metric="cpu.score",le="1"} 1',
        'fleetmark_job_duration_seconds_count{benchmark="cpu"} 2',
        'fleetmark_results_write_failures_total 0',
      ])
    );
    expect(lines.join('\n')).toMatch(/^fleetmark_last_value\{.*metric="cpu.score",unit="points"\} (12|80)$/m);
    expect(lines.join('\n')).toMatch(/^fleetmark_ssh_connections [0-2]$/m);
    expect(lines.join('\n')).toMatch(/^temporal_workflow_completed_total\{.*workflow_type="benchmarkFleet"\} 1$/m);
    expect(lines.filter((line) => line.includes('web-1') || line.includes('127.0.1.'))).toEqual([]);
  });

  test('a run that is refused, an unreachable server and a check are counted as such', async () => {
    const url = await urlOf(start(['worker', '--metrics-port', '0']));
    expect((await start(['run', '--yes', '--limit', 'nowhere']).ended).exitCode).toBe(2);
    expect((await start(['check', '--limit', 'web-*']).ended).exitCode).toBe(0);
    const lines = await metricsOf(url);
    expect(lines).toContain('fleetmark_runs_total{kind="run",result="refused"} 1');
    expect(lines.join('\n')).toMatch(/^fleetmark_runs_total\{kind="check",result="\w+"\} 1$/m);
    expect(lines.filter((line) => /^fleetmark_servers_total.* [^0]$/.test(line))).toEqual([]);
    expect((await start(['run', '--yes', '--limit', 'gone']).ended).exitCode).toBe(3);
    expect(await metricsOf(url)).toContain('fleetmark_errors_total{type="ServerUnreachable"} 1');
    expect(await metricsOf(url)).toContain('fleetmark_servers_total{class="",verdict="error"} 1');
  });

  test('is not ready while Temporal is stopped or frozen, and ready again later; it is alive meanwhile', async () => {
    const url = await urlOf(start(['worker', '--metrics-port', '0']));
    expect(await isReady(url, true)).toBe('ready\n');
    await temporal.kill();
    expect(await isReady(url, false)).toMatch(/^not ready: Temporal does not answer/);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await fetch(`${url}/metrics`)).status).toBe(200);
    await temporal.restart();
    await isReady(url, true);
    temporal.freeze();
    expect(await isReady(url, false)).toMatch(/^not ready: Temporal does not answer/);
    temporal.thaw();
    await isReady(url, true);
  });

  test('a port in use is one clear sentence, before anything else', async () => {
    const { port } = new URL(await urlOf(start(['worker', '--metrics-port', '0'])));
    for (const verb of ['worker', 'up']) {
      const { exitCode, stderr } = await start([verb, '--metrics-port', port]).ended;
      expect(exitCode).toBe(2);
      expect(stderr).toMatch(
        new RegExp(`^fleetmark: metrics cannot be served at 127.0.0.1:${port}: this port is in use`, 'm')
      );
      expect(stderr).not.toContain('Temporal at');
    }
  });

  test('without the option nothing listens; with it, one port and a hidden loopback address', async () => {
    const without = start(['worker']);
    await without.waitFor(/^Worker of/m);
    expect(listeners(without.process.pid!)).toEqual([]);
    const address = start(['worker'], { FLEETMARK_METRICS: '0.0.0.0:0' });
    const { port } = new URL(await urlOf(address));
    const [hidden, ...own] = listeners(address.process.pid!).sort((a, b) => b.localeCompare(a));
    expect(own).toEqual([`0.0.0.0:${port}`]);
    expect(hidden).toMatch(/^127\.\d+\.\d+\.\d+:\d+$/);
  });

  test('`up` has the same', async () => {
    const running = start(['up', '--metrics-port', '0'], { TEMPORAL_ADDRESS: '' });
    const url = await urlOf(running);
    await isReady(url, true);
    expect((await metricsOf(url)).join('\n')).toContain('temporal_worker_start_total');
    running.process.kill('SIGINT');
    expect((await running.ended).exitCode).toBe(0);
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  });

  test.skipIf(!hasPrometheus)(
    'a real Prometheus scrapes it, and knows each metric of the dashboard and of the alerts',
    async () => {
      const worker = start(['worker', '--metrics-port', '0']);
      const url = await urlOf(worker);
      const prometheus = await startPrometheus(fleet.folder, url);
      try {
        await start(['run', '--yes']).ended;
        const servers = 'sum(fleetmark_servers_total{verdict=~"fail|error|pass"})';
        await eventually(
          () => prometheus.query(servers),
          ([sum]) => sum?.value[1] === '3'
        );
        const alerts = alertExpressions();
        const refused = await Promise.all(
          [...dashboardExpressions(), ...alerts.values()].map((each) =>
            prometheus.query(each).catch((error: unknown) => error)
          )
        );
        expect(refused.filter((each) => each instanceof Error)).toEqual([]);
        await temporal.kill();
        await isReady(url, false);
        const used = [...dashboardExpressions(), ...alerts.values()].flatMap(
          (each) => each.match(/\b(?:fleetmark|temporal)_\w+/g) ?? []
        );
        const known = await eventually(
          () => prometheus.names(),
          (names) => used.every((name) => names.includes(name)),
          30_000
        ).catch(() => prometheus.names());
        expect(used.filter((name) => !known.includes(name))).toEqual([]);
        expect(used.length).toBeGreaterThan(20);
        const own = known.filter((name) => name.startsWith('fleetmark_'));
        const families = new Set(own.map((name) => name.replace(/_(bucket|sum|count)$/, '')));
        expect([...families].sort()).toEqual(documentedMetrics().sort());
        await eventually(
          () => prometheus.query(alerts.get('FleetmarkTemporalAway')!),
          (found) => found.length > 0
        );
      } finally {
        await prometheus.stop();
        await temporal.restart();
      }
    }
  );
});

/** The addresses of TCP sockets on which a process listens: IPv4 only. */
function listeners(pid: number): string[] {
  const links = readdirSync(`/proc/${pid}/fd`).map((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`);
    } catch {
      return ''; // closed meanwhile
    }
  });
  const rows = readFileSync('/proc/net/tcp', 'utf8').trim().split('\n').slice(1);
  return rows.flatMap((row) => {
    const [, local, , state, , , , , , inode] = row.trim().split(/\s+/);
    if (state !== '0A' || !links.includes(`socket:[${inode}]`)) return [];
    const [address, port] = local!.split(':') as [string, string];
    const bytes = Buffer.from(address, 'hex').reverse();
    return [`${[...bytes].join('.')}:${parseInt(port, 16)}`];
  });
}

import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FleetReport } from '../../src/domain/reports/fleet-report.ts';
import type { RunForecast } from '../../src/domain/plans/run-forecast.ts';
import { eventually } from '../support/processes.ts';
import { startFleetmark, temporal, type Ended } from './command-line.ts';
import { skipsWithout, startFleet, type Fleet } from './fleet.ts';
import { startPty } from './pty.ts';
import { startUp, type Up } from './up.ts';
import { scoreCommand } from '../support/fleetmark-yaml.ts';

/** A command line that only knows the address of a Temporal, and a worker that has the configuration. */
describe.skipIf(skipsWithout())('with a remote worker', () => {
  let fleet: Fleet;
  let up: Up;
  let elsewhere: string;
  let gate: string;
  beforeAll(async () => {
    fleet = await startFleet(2);
    [elsewhere, gate] = [fleet.file('elsewhere'), fleet.file('gate-is-open')];
    mkdirSync(`${elsewhere}/home`, { recursive: true });
    writeFileSync(`${elsewhere}/fleetmark.yaml`, 'servers: { other: { user: bench, key: where-the-workers-are } }\n');
    const command = `echo ran >>${fleet.file('ran')}; until [ -e ${gate} ]; do sleep 0.1; done; echo score: 7`;
    fleet.configure({
      benchmarks: { burn: scoreCommand(command, { timeout: '90s' }) },
      expect: { 'burn.score': { min: 5 } },
    });
    up = await startUp(fleet);
  });
  afterAll(async () => {
    await up?.stop();
    await fleet?.stop();
  });

  async function fleetmark(...args: string[]): Promise<Ended> {
    return startFleetmark(elsewhere, args, { TEMPORAL_ADDRESS: up.address }).ended;
  }

  async function fleetByHand(input: object): Promise<FleetReport> {
    const how = ['--type', 'benchmarkFleet', '--task-queue', 'fleetmark', '--input', JSON.stringify(input)];
    const { stdout, stderr } = await temporal(up.address, 'workflow', 'execute', ...how, '-o', 'json');
    if (stdout === '') throw new Error(stderr);
    const { result } = JSON.parse(stdout) as { result: FleetReport };
    return result;
  }

  test('plan uses the configuration of the worker, starts no run, and passes on its refusals', async () => {
    const { exitCode, stdout, stderr } = await fleetmark('plan', '--json');
    expect(exitCode, stderr).toBe(0);
    const forecast = JSON.parse(stdout) as RunForecast;
    expect(forecast).toMatchObject({ requested: 2, benchmarks: [{ benchmark: 'burn', tools: ['command'] }] });
    expect(forecast.servers.map(({ serverId }) => serverId)).toEqual(fleet.serverIds);

    const unknown = await fleetmark('plan', '--limit', 'other');
    expect([unknown.exitCode, unknown.stdout]).toEqual([2, '']);
    expect(unknown.stderr).toMatch(/"other" is not in the inventory/);
    const types: (string | undefined)[] = [];
    for await (const { type } of up.client.workflow.list()) types.push(type);
    expect(types).toEqual(['planRun', 'planRun']);
  });

  test('run asks with the number of servers that the worker knows', async () => {
    const terminal = startPty({ folder: elsewhere }, 'run', { TEMPORAL_ADDRESS: up.address });
    await terminal.shows(/This will load 2 servers with burn, at most 5 in parallel\. Continue\? \[y\/N\] /);
    terminal.type('\r');
    const { exitCode, shown } = await terminal.ended;
    expect(shown).toContain('fleetmark: nothing was started');
    expect(exitCode).toBe(2);
  });

  test('servers and check --config-only show the local configuration, and say so', async () => {
    const listed = await fleetmark('servers', '--json');
    expect(JSON.parse(listed.stdout)).toMatchObject([{ serverId: 'other', host: 'other', user: 'bench' }]);
    expect(listed.stderr).toContain(`the workers at ${up.address} use their own configuration`);
    const checked = await fleetmark('check', '--config-only', '--config', 'none.yaml');
    expect(checked.stderr).toMatch(
      /^This shows the local none\.yaml; the workers at .*\nfleetmark: none\.yaml does not exist/m
    );
  });

  test('check runs on the worker, and a server of another run is busy', async () => {
    const holder = ['--type', 'benchmarkFleet', '--task-queue', 'fleetmark', '--workflow-id', 'holder'];
    await temporal(up.address, 'workflow', 'start', ...holder, '--input', '{"limit":["web-1"]}');
    await eventually(
      async () =>
        up.client.workflow
          .getHandle('server/web-1')
          .describe()
          .catch(() => null),
      (found) => found?.status.name === 'RUNNING'
    );
    const { exitCode, stdout, stderr } = await fleetmark('check', '--json');
    expect(exitCode, stderr).toBe(3);
    const report = JSON.parse(stdout) as FleetReport;
    expect(report).toMatchObject({ checkOnly: true, requested: 2, counts: { pass: 1, busy: 1, error: 0 } });
    expect(report.servers[0]).toMatchObject({ error: { type: 'ServerBusy' }, readiness: null });
    expect(report.servers[0]?.error?.message).toContain('another run is benchmarking this server');
    expect(report.servers[1]).toMatchObject({ verdict: 'pass', readiness: { otherWork: null } });
    writeFileSync(gate, '');
    await up.client.workflow.getHandle('holder').result();
  });

  test('{"checkOnly":true} from the Temporal CLI is a check, and starts nothing on a server', async () => {
    const report = await fleetByHand({ checkOnly: true, limit: ['web-2'] });
    expect(report).toMatchObject({ checkOnly: true, counts: { pass: 1 }, servers: [{ serverId: 'web-2' }] });
    const { events } = await up.client.workflow.getHandle('server/web-2').fetchHistory();
    const activities = (events ?? []).flatMap(
      (event) => event.activityTaskScheduledEventAttributes?.activityType?.name ?? []
    );
    expect(activities).toEqual(['prepareServer']);
  });
});

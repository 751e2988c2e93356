import { Ajv2020 } from 'ajv/dist/2020.js';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ListedRun } from '../../src/domain/records/stored-runs.ts';
import type { FleetReport } from '../../src/domain/reports/fleet-report.ts';
import { scoreCommand, type Settings } from '../support/fleetmark-yaml.ts';
import type { Ended } from './command-line.ts';
import { skipsWithout, startFleet, type Fleet } from './fleet.ts';
import { HeldBenchmark } from './held-benchmark.ts';
import { startPty } from './pty.ts';
import { startUp } from './up.ts';

const schemaFile = join(import.meta.dirname, '..', '..', 'schema', 'report.schema.json');

describe.skipIf(skipsWithout())('retry', () => {
  let fleet: Fleet;
  let settings: Settings;
  beforeAll(async () => {
    fleet = await startFleet(3);
    // web-1 passes, web-2 fails, web-3 is not there.
    const command = 'set -- $SSH_CONNECTION; case $3 in *.1) echo score: 80 ;; *) echo score: 20 ;; esac';
    settings = {
      benchmarks: { cpu: scoreCommand(command), other: scoreCommand('echo score: 1') },
      expect: { 'cpu.score': { min: 50 } },
      servers: { 'web-3': { host: '127.0.1.3', port: 9 } },
    };
    fleet.configure(settings);
  });
  afterAll(() => fleet?.stop());

  /** Without web-3. */
  function smallerConfiguration(): string {
    const text = readFileSync(fleet.file('fleetmark.yaml'), 'utf8');
    const { servers, ...rest } = JSON.parse(text) as { servers: Record<string, object> };
    const { 'web-3': _gone, ...left } = servers;
    writeFileSync(fleet.file('smaller.yaml'), JSON.stringify({ servers: left, ...rest }));
    return fleet.file('smaller.yaml');
  }

  const fleetmark = (...args: string[]): Promise<Ended> => fleet.start(...args).ended;

  test('runs only the servers that did not pass, with the benchmarks and settings of the earlier run', async () => {
    const first = await fleet.run('--benchmarks', 'cpu', '--max-parallel', '1');
    expect(first.report.counts).toMatchObject({ pass: 1, fail: 1, error: 1 });
    const { stdout, exitCode } = await fleetmark('retry', '--yes', '--json');
    expect(exitCode).toBe(1);
    const report = JSON.parse(stdout) as FleetReport;
    expect(report.servers.map(({ serverId }) => serverId)).toEqual(['web-2', 'web-3']);
    expect(report).toMatchObject({
      settings: { benchmarks: ['cpu'], maxParallel: 1, measureOnly: false, evenIfBusy: false },
      retryOf: first.report.run,
      note: `retry of ${first.report.run}`,
    });
    const schema = JSON.parse(readFileSync(schemaFile, 'utf8')) as object;
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    expect(ajv.validate(schema, report), JSON.stringify(ajv.errors)).toBe(true);
    const [listed] = JSON.parse((await fleetmark('runs', '--json')).stdout) as ListedRun[];
    expect(listed).toMatchObject({ run: report.run, retryOf: first.report.run });
    expect((await fleetmark('runs')).stdout).toContain(` retry of ${first.report.run}\n`);
  });

  test('--only chooses by verdict, and a note takes the place of the link in the report', async () => {
    const { stdout } = await fleetmark('retry', 'last-1', '--only', 'error', '--note', 'new cable', '--yes', '--json');
    const { servers, note } = JSON.parse(stdout) as FleetReport;
    expect(servers.map(({ serverId }) => serverId)).toEqual(['web-3']);
    expect(note).toBe('new cable');
    expect((await fleetmark('runs')).stdout).toMatch(/ retry of fleet-\S+: new cable$/m);
  });

  test('of no server says so, and exits with 0; an unknown verdict is refused with all that there are', async () => {
    const { stderr, stdout, exitCode } = await fleetmark('retry', '--only', 'busy,not_reached');
    expect(stderr).toMatch(/^Nothing to retry: no server of fleet-\S+ has the verdict busy, not reached\.$/m);
    expect([stdout, exitCode]).toEqual(['', 0]);
    const wrong = await fleetmark('retry', '--only', 'fail,broken');
    expect(wrong.stderr).toContain('pass, fail, error, measured, skip, busy, cancelled, not_reached');
    expect(wrong.exitCode).toBe(2);
    expect((await fleetmark('retry', 'fleet-x')).stderr).toContain('there is no run "fleet-x"');
  });

  test('of no server writes the report of no servers where a pipeline asks for one', async () => {
    const junit = ['--export-junit', fleet.file('none.xml')];
    const { stdout, exitCode } = await fleetmark('retry', 'last', '--only', 'busy', '--yes', '--json', ...junit);
    expect(exitCode).toBe(0);
    const report = JSON.parse(stdout) as FleetReport;
    expect(report).toMatchObject({ requested: 0, servers: [], temporalRunId: '', settings: { benchmarks: ['cpu'] } });
    expect(report.note).toBe(`retry of ${report.retryOf}`);
    expect(readFileSync(fleet.file('none.xml'), 'utf8')).toMatch(/<testsuites name="fleetmark fleet-\S+" tests="0"/);
  });

  test('asks on a terminal, with the number of servers and the benchmarks', async () => {
    const pty = startPty(fleet, 'retry last-2');
    await pty.shows(/This will load 2 servers with cpu, at most 1 in parallel\. Continue\? \[y\/N\]/);
    pty.type('n\r');
    const { shown, exitCode } = await pty.ended;
    expect(shown).toContain('nothing was started');
    expect(exitCode).toBe(2);
  });

  test('leaves out servers that are no longer in the inventory, by name, and does not exit with 0', async () => {
    const file = smallerConfiguration();
    const args = ['--only', 'pass,error', '--yes', '--json', '--quiet', '--config', file];
    const { stdout, stderr, exitCode } = await fleetmark('retry', 'last-2', ...args);
    const left = 'Left out, no longer in the inventory: web-3\n';
    expect(stderr).toContain(`${left}The exit code is 3, because 1 server could not be measured again.\n`);
    expect((JSON.parse(stdout) as FleetReport).servers.map(({ serverId }) => serverId)).toEqual(['web-1']);
    expect(exitCode).toBe(3);
  });

  test('of servers that are all no longer in the inventory is an error in each format', async () => {
    const junit = ['--export-junit', fleet.file('gone.xml')];
    const args = ['--only', 'error', '--yes', '--json', '--quiet', '--config', smallerConfiguration(), ...junit];
    const { stdout, stderr, exitCode } = await fleetmark('retry', 'last-3', ...args);
    expect(stderr).toContain('Nothing to retry, no longer in the inventory: web-3\n');
    expect(exitCode).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ counts: { error: 1 }, errored: ['web-3'] });
    expect(readFileSync(fleet.file('gone.xml'), 'utf8')).toContain('<error type="UnknownServer"');
  });

  test('names its configuration, and that of the last run if it is another one', async () => {
    await fleet.run('--benchmarks', 'other'); // with fleetmark.yaml
    const file = smallerConfiguration();
    const { stderr } = await fleetmark('retry', 'last-1', '--only', 'pass', '--yes', '--config', file);
    expect(stderr).toMatch(new RegExp(`^Measures and judges by ${file}\\.$`, 'm'));
    const other = fleet.file('fleetmark.yaml');
    expect(stderr).toMatch(
      new RegExp(
        `^The last run or check used ${other}\\. To use that: fleetmark retry fleet-\\S+ --config ${other}$`,
        'm'
      )
    );
    const again = await fleetmark('retry', 'last', '--yes', '--config', file);
    expect(again.stderr).not.toContain('The last run or check');
  });

  test('of a run under way is refused; of one that was terminated it takes the servers without a result', async () => {
    const held = new HeldBenchmark(fleet);
    fleet.configure({ ...held.settings(), servers: settings.servers! });
    held.hold();
    const up = await startUp(fleet);
    try {
      const id = (await fleetmark('run', '--yes', '--detach', '--limit', 'web-1')).stdout.trim();
      await held.measures(1);
      const { stderr, exitCode } = await fleetmark('retry', id);
      expect(stderr).toContain(`fleetmark: ${id} has not ended yet\nWait for its end: fleetmark watch ${id}\n`);
      expect(exitCode).toBe(2);
      await up.client.workflow.getHandle(id).terminate();
      const again = fleet.start('retry', id, '--yes', '--json');
      await again.waitFor(/^Run fleet-/m);
      held.release();
      const { stdout } = await again.ended;
      expect(JSON.parse(stdout)).toMatchObject({ retryOf: id, servers: [{ serverId: 'web-1' }] });
    } finally {
      held.disableHold();
      await up.stop();
    }
  });
});

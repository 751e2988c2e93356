import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunComparison } from '../../src/domain/records/compare-runs.ts';
import type { ServerHistory } from '../../src/domain/records/server-history.ts';
import type { ListedRun } from '../../src/domain/records/stored-runs.ts';
import { postgresPrograms, startPostgres, type TestPostgres } from '../support/postgres.ts';
import { startFleetmark, type Ended, type Running } from './command-line.ts';
import { skipsWithout, startFleet, type Fleet } from './fleet.ts';
import { startTemporalProcess, type TemporalProcess } from '../faults/temporal-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { scoreCommand } from '../support/fleetmark-yaml.ts';
import { HeldBenchmark } from './held-benchmark.ts';

describe.skipIf(skipsWithout())('the results of the embedded Temporal', () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await startFleet(2);
  });
  afterAll(async () => fleet?.stop());

  const fleetmark = (...args: string[]): Promise<Ended> => startFleetmark(fleet.folder, args).ended;

  test('before the first run there are none, which report and runs say', async () => {
    fleet.configure({ benchmarks: { cpu: scoreCommand('echo score: 80') } });
    for (const verb of ['runs', 'report']) {
      const { exitCode, stderr } = await fleetmark(verb);
      expect(stderr).toContain(
        `fleetmark: there are no results yet in ${fleet.file('state')}: start a run with fleetmark run`
      );
      expect(exitCode).toBe(2);
    }
    expect(existsSync(fleet.file('state'))).toBe(false);
  });

  test('are printed again byte for byte, without starting a Temporal', async () => {
    const run = await fleetmark('run', '--yes', '--measure-only', '--note', 'first');
    expect(run.stderr).toContain('Temporal at');
    const report = await fleetmark('report');
    expect(report.exitCode).toBe(0);
    expect(run.stdout.startsWith(report.stdout)).toBe(true);
    expect(report.stdout).toContain('2 servers in');
    expect(report.stderr).toMatch(/^This is fleet-\S+, started \d{4}-\d\d-\d\d \d\d:\d\d\.\n$/);
    const formats = ['csv', 'html', 'jsonl', 'markdown'];
    const files = (verb: string) =>
      formats.flatMap((format) => [`--export-${format}`, fleet.file(`${verb}.${format}`)]);
    const json = await fleetmark('run', '--yes', '--json', '--quiet', ...files('run'));
    expect(json.stderr).toBe('');
    expect((await fleetmark('report', '--json', ...files('report'))).stdout).toBe(json.stdout);
    for (const format of formats)
      expect(readFileSync(fleet.file(`report.${format}`))).toEqual(readFileSync(fleet.file(`run.${format}`)));
    expect(readFileSync(fleet.file('run.html'), 'utf8')).toContain('Raw output of cpu');
  });

  test('are found by last-1, a part of the id, and listed with note and counts', async () => {
    const { stdout } = await fleetmark('runs', '--json');
    const listed = JSON.parse(stdout) as ListedRun[];
    expect(listed).toMatchObject([{ note: null }, { note: 'first', counts: { measured: 2 } }]);
    const [last, first] = listed as [ListedRun, ListedRun];
    for (const word of ['last-1', first.run, first.run.slice(-6), first.temporalRunId])
      expect(JSON.parse((await fleetmark('report', word, '--json')).stdout)).toMatchObject({ run: first.run });
    const { stderr, exitCode } = await fleetmark('report', 'fleet-');
    expect(stderr).toContain(`fleetmark: "fleet-" could be 2 runs: ${last.run}, ${first.run}`);
    expect(exitCode).toBe(2);
    expect((await fleetmark('report', 'x')).stderr).toContain('there is no run "x"; list them with fleetmark runs');
    expect((await fleetmark('runs', '--limit', '1')).stdout.split('\n')).toHaveLength(3);
    expect((await fleetmark('runs', '--failed', '--since', '1h')).stderr).toContain('There are no such runs.');
    expect((await fleetmark('runs', '--since', 'yesterday')).exitCode).toBe(2);
  });

  test('of one server are shown over time; an unknown server or metric is refused with the nearest word', async () => {
    const { stdout, exitCode } = await fleetmark('history', 'web-1', '--metric', 'cpu.*');
    expect(stdout).toMatch(/^web-1: 2 runs, 2 measured\n[^]*\ncpu\.score \(points, higher is better\)\n {2}▅▅\n/);
    expect(exitCode).toBe(0);
    const json = JSON.parse((await fleetmark('history', 'web-1', '--json', '--limit', '1')).stdout) as ServerHistory;
    expect(json).toMatchObject({ schemaVersion: 1, runs: [{ note: null, verdict: 'measured' }] });
    expect(json.series).toMatchObject([{ metric: 'cpu.score', points: [{ value: 80, min: null }] }]);
    expect(await fleetmark('history', 'wbe-1')).toMatchObject({
      ...{ exitCode: 2, stderr: 'fleetmark: no run has the server "wbe-1"; did you mean "web-1"?\n' },
    });
    expect(await fleetmark('history', 'web-1', '--metric', 'cpu.scroe')).toMatchObject({
      ...{ exitCode: 2, stderr: expect.stringContaining('no metric "cpu.scroe"; did you mean "cpu.score"?') },
    });
    const none = await fleetmark('history', 'web-1', '--since', '2100-01-01');
    expect(none).toEqual({ exitCode: 0, stdout: '', stderr: 'There are no such runs.\n' });
  });

  test('of two runs are compared; an unknown run, and one run with itself, are refused', async () => {
    const { stdout, exitCode } = await fleetmark('compare', 'last-1', 'last');
    expect(stdout).toMatch(
      /^before: fleet-\S+ \(.*, first\): .*2 measured\nafter: fleet-[^]*\nno server with another verdict\n/
    );
    expect(stdout).toContain('\n  cpu.score, 2 servers: 80 -> 80 points (0 %), too few servers to be sure\n');
    expect(exitCode).toBe(0);
    const json = JSON.parse((await fleetmark('compare', 'last-1', 'last', '--json')).stdout) as RunComparison;
    expect(json).toMatchObject({
      schemaVersion: 1,
      before: { note: 'first' },
      verdicts: [],
      metrics: [{ servers: 2 }],
    });
    expect(await fleetmark('compare', 'last', 'nightly')).toMatchObject({
      ...{ exitCode: 2, stderr: expect.stringContaining('there is no run "nightly"') },
    });
    const same = await fleetmark('compare', 'last', json.after.run);
    expect(same).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('are the same run') });
  });

  test('are read while a run is going on, which is listed', async () => {
    const held = new HeldBenchmark(fleet);
    fleet.configure(held.settings());
    held.hold();
    const run = fleet.start('run', '--yes', '--note', 'held');
    await held.measures(2);
    const { stdout } = await fleetmark('runs');
    expect(stdout).toMatch(/running: 0 of 2 servers ended +- +fleet-\S+ held/);
    run.process.kill('SIGINT');
    const { stdout: partial } = await run.ended;
    expect((await fleetmark('report')).stdout).toBe(partial);
    expect((await fleetmark('runs', '--limit', '1')).stdout).toMatch(/cancelled: 2 cancelled/);
  });

  test('say what is new since the previous run, on standard error or alone, and on the page', async () => {
    const slowOn = (server: number) => ({
      benchmarks: {
        cpu: scoreCommand(`set -- $SSH_CONNECTION; [ \${3##*.} = ${server} ] && echo score: 40 || echo score: 80`),
      },
      expect: { 'cpu.score': { min: 50 } },
    });
    fleet.configure(slowOn(9));
    const first = await fleetmark('run', '--yes');
    expect(first.exitCode).toBe(0);
    const [slow, other] = fleet.serverIds.map((id) => [id, Number(fleet.addressOf(id).split('.')[3])] as const);
    fleet.configure(slowOn(slow![1]));
    expect((await fleetmark('run', '--yes')).exitCode).toBe(1);
    fleet.configure(slowOn(other![1]));
    const last = await fleetmark('run', '--yes');
    const report = await fleetmark('report', '--export-html', fleet.file('report.html'));
    expect(last.stdout.startsWith(report.stdout)).toBe(true);
    expect(report.stderr).toMatch(
      new RegExp(
        `^This is fleet-.*\nsince fleet-.*:\nnewly failed \\(1\\):\n  ${other![0]} cpu\\.score 40 of >= 50 .*\nrecovered \\(1\\): ${slow![0]}\n\n$`
      )
    );
    const page = readFileSync(fleet.file('report.html'), 'utf8');
    expect(page).toContain('<dt>Newly failed (1)</dt>');
    expect(page).toMatch(/<summary>Raw output of cpu: [^<]*<\/summary><pre tabindex="0">score: 40/);
    const alone = await fleetmark('report', '--since-last', '--json');
    expect(JSON.parse(alone.stdout)).toMatchObject({
      newlyFailed: [other![0]],
      recovered: [slow![0]],
      stillFailing: [],
    });
    const refused = await fleetmark('report', '--since-last', '--export-csv', '-');
    expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('remove --since-last') });
    expect(await fleetmark('report', 'last-2', '--since-last', '--quiet')).toEqual({
      ...{ exitCode: 0, stderr: '', stdout: 'There is no earlier run of the same selection.\n' },
    });
    expect((await fleetmark('compare', 'last-1', 'last')).stdout).toContain(`${slow![0]} fail -> pass\n`);
  });

  test('have the output of a command that failed, and of one that timed out', async () => {
    fleet.configure({
      benchmarks: {
        crash: scoreCommand('echo "line 1"; echo "Xid 79" >&2; exit 3'),
        hang: { ...scoreCommand('echo "step 1"; sleep 60'), timeout: '2s' },
      },
    });
    const limit = fleet.serverIds[0]!;
    const { stderr } = await fleetmark('run', '--yes', '--limit', limit, '--export-html', fleet.file('failed.html'));
    const page = readFileSync(fleet.file('failed.html'), 'utf8');
    expect(page, stderr).toMatch(/<summary>Raw output of crash: [^<]*<\/summary><pre tabindex="0">line 1\n\nXid 79\n/);
    expect(page).toMatch(/<summary>Raw output of hang: [^<]*<\/summary><pre tabindex="0">step 1\n/);
  });

  test('that cannot be used refuse a run before it starts', async () => {
    writeFileSync(fleet.file('state/results.db'), 'no database');
    rmSync(fleet.file('state/results.db-wal'), { force: true });
    fleet.configure({ benchmarks: { cpu: scoreCommand('echo score: 80') } });
    const { exitCode, stderr } = await fleetmark('run', '--yes');
    expect(stderr).toContain(`The results store ${fleet.file('state/results.db')} cannot be used`);
    expect(exitCode).toBe(2);
  });
});

describe.skipIf(skipsWithout() || postgresPrograms === null)('the results of a distributed Temporal', () => {
  let fleet: Fleet;
  let temporal: TemporalProcess;
  let postgres: TestPostgres;
  let worker: Running | undefined;
  beforeAll(async () => {
    fleet = await startFleet(2);
    [temporal, postgres] = await Promise.all([startTemporalProcess(fleet.folder), startPostgres('hunter2')]);
  });
  afterAll(async () => {
    worker?.process.kill('SIGKILL');
    await postgres?.stop('immediate');
    await temporal?.kill();
    await fleet?.stop();
  });

  const start = (...args: string[]): Running =>
    startFleetmark(fleet.folder, args, { TEMPORAL_ADDRESS: temporal.address });
  const benchmarks = { cpu: scoreCommand('echo score: 80') };

  test('without a store a worker says once what it lacks, and report says what to do', async () => {
    fleet.configure({ benchmarks });
    worker = start('worker');
    await worker.waitFor(/no results store \(store:\)/);
    await worker.waitFor(/^Worker of/m);
    expect((await start('run', '--yes', '--measure-only').ended).exitCode).toBe(0);
    const { stderr, exitCode } = await start('report').ended;
    expect(stderr).toContain('has no results store, so the results are only in Temporal');
    expect(exitCode).toBe(2);
    worker.process.kill('SIGTERM');
    await worker.ended;
  });

  test('a wrong password is refused at the start of the worker, without the password', async () => {
    const url = await postgres.createDatabase();
    writeFileSync(fleet.file('password'), 'hunter3\n', { mode: 0o600 });
    fleet.configure({ benchmarks, store: { url, password: { file: 'password' } } });
    const { stderr, exitCode } = await start('worker').ended;
    expect(stderr).toMatch(
      /The results store postgres:\/\/127\.0\.0\.1:\d+\/results_1 cannot be used: password authentication failed/
    );
    expect(stderr).not.toContain('hunter3');
    expect(exitCode).toBe(2);
  });

  test('are in PostgreSQL; a run waits for a database that is away, and loses nothing', async () => {
    writeFileSync(fleet.file('password'), 'hunter2\n', { mode: 0o600 });
    const url = await postgres.createDatabase();
    fleet.configure({ benchmarks, store: { url, password: { file: 'password' } } });
    worker = start('worker');
    await worker.waitFor(/^Worker of/m);
    const first = await start('run', '--yes', '--measure-only').ended;
    expect(first.stdout.startsWith((await start('report').ended).stdout)).toBe(true);

    await postgres.stop('immediate');
    expect(await start('report').ended).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('does not work'),
    });
    const run = start('run', '--yes', '--json');
    await run.waitFor(/Waiting for the results store/);
    await postgres.start();
    const { stdout, exitCode } = await run.ended;
    expect(exitCode).toBe(3); // nothing was expected, so nothing was judged
    expect((await start('report', '--json').ended).stdout).toBe(stdout);
    const listed = JSON.parse((await start('runs', '--json').ended).stdout) as ListedRun[];
    expect(listed.map(({ counts }) => counts.measured)).toEqual([2, 2]);
  });

  test('are missed on a machine without fleetmark.yaml only by files that show them; the line store: is enough', async () => {
    const folder = temporaryFolder('client');
    mkdirSync(join(folder, 'home'));
    const env = { TEMPORAL_ADDRESS: temporal.address, FLEETMARK_CONFIG: '' };
    const onClient = (...args: string[]): Promise<Ended> => startFleetmark(folder, args, env).ended;
    const run = ['run', '--yes', '--measure-only', '--quiet'];
    const junit = await onClient(...run, '--export-junit', 'a.xml', '--export-csv', 'a.csv');
    expect(junit).toMatchObject({ exitCode: 0, stderr: '' });
    const html = ['--export-junit', 'b.xml', '--export-html', 'b.html', '--export-markdown', 'b.md'];
    const { stderr, exitCode } = await onClient(...run, ...html);
    expect(stderr).toMatch(
      /^Written without what only the results store has: --export-html b\.html, --export-markdown b\.md\nfleetmark\.yaml does not exist in \S+, so .*\nCreate it with the store: .*\n$/
    );
    expect(exitCode).toBe(0);
    const { store } = JSON.parse(readFileSync(fleet.file('fleetmark.yaml'), 'utf8')) as { store: { url: string } };
    const password = { file: fleet.file('password') };
    writeFileSync(join(folder, 'fleetmark.yaml'), JSON.stringify({ store: { ...store, password } }));
    expect(await onClient(...run, '--export-html', 'c.html')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(readFileSync(join(folder, 'c.html'), 'utf8')).toContain('Raw output of cpu');
    expect((await onClient('report')).stdout).toContain('2 servers in');
  });
});

import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../support/processes.ts';
import { startTemporalProcess, type TemporalProcess } from '../faults/temporal-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { startFleetmark, type Ended, type Running } from './command-line.ts';
import { skipsWithout, startFleet, type Fleet } from './fleet.ts';
import { HeldBenchmark } from './held-benchmark.ts';
import { startPty } from './pty.ts';
import { startUp, type Up } from './up.ts';

const isFast = 'case $3 in *.1) ;; *) echo score: 100; exit 0 ;; esac';

describe.skipIf(skipsWithout())('a run of `up`, watched from another terminal', () => {
  let fleet: Fleet;
  let held: HeldBenchmark;
  let up: Up;
  beforeAll(async () => {
    fleet = await startFleet(2);
    held = new HeldBenchmark(fleet);
    // web-1 is held, then fails; web-2 passes at once.
    fleet.configure({ ...held.settings(isFast), expect: { 'cpu.score': { min: 90 } } });
    up = await startUp(fleet);
  });
  afterAll(async () => {
    await up?.stop();
    await fleet?.stop();
  });
  beforeEach(() => held.hold());
  afterEach(() => held.disableHold());

  const fleetmark = (...args: string[]): Promise<Ended> => fleet.start(...args).ended;
  const detached = async (...args: string[]): Promise<string> =>
    (await fleetmark('run', '--yes', '--detach', ...args)).stdout.trim();

  test.each<[string, (run: Running) => Promise<unknown>]>([
    ['as soon as the run has started', (run) => run.waitFor(/^Run fleet-/m)],
    ['while servers are measured', () => held.measures(1)],
    ['after a server has ended', (run) => run.waitFor(/web-2 +pass/)],
  ])('prints the same report if the terminal of the run is killed %s', async (_when, moment) => {
    const run = fleet.start('run', '--yes');
    await moment(run);
    run.process.kill('SIGKILL');
    await run.ended;
    const watched = fleet.start('watch', '--export-csv', fleet.file('watched.csv'));
    await watched.waitFor(/web-2 +pass/);
    held.release();
    const { stdout, stderr, exitCode } = await watched.ended;
    expect(stderr).toMatch(/^Run fleet-\S+: http:\S+$/m);
    expect(stderr).toMatch(/web-1 +fail/);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('2 servers in');
    const report = await fleetmark('report', '--export-csv', fleet.file('report.csv'));
    expect(report.stdout).toBe(stdout);
    expect(readFileSync(fleet.file('watched.csv'), 'utf8')).toBe(readFileSync(fleet.file('report.csv'), 'utf8'));
  });

  test('two watchers and the run print the same report, and exit with the same code', async () => {
    const run = fleet.start('run', '--yes', '--json', '--limit', 'web-1', '--measure-only');
    await run.waitFor(/^Run fleet-/m);
    const watchers = [fleet.start('watch', '--json'), fleet.start('watch', 'fleet-', '--json')];
    await Promise.all(watchers.map((each) => each.waitFor(/^Run fleet-/m)));
    await held.measures(1);
    held.release();
    const { stdout, exitCode } = await run.ended;
    expect(exitCode).toBe(0); // nothing is judged
    for (const { ended } of watchers) expect(await ended).toMatchObject({ stdout, exitCode });
  });

  test('a run that has ended is printed at once, with its exit code', async () => {
    const { stdout } = await fleetmark('report', 'last-1');
    expect(await fleetmark('watch', 'last-1')).toMatchObject({ stdout, exitCode: 1 });
    const last = await fleetmark('watch');
    expect(last.stderr).toMatch(/^No run is under way\.\nThis is fleet-\S+, started .*\.$/m);
    expect(last.exitCode).toBe(0);
    const unknown = await fleetmark('watch', 'fleet-x');
    expect(unknown.stderr).toContain('fleetmark: there is no run "fleet-x"');
    expect(unknown.exitCode).toBe(2);
  });

  test('on a terminal it shows the progress; Ctrl-C leaves the run, which goes on', async () => {
    const id = await detached('--limit', 'web-1');
    await held.measures(1);
    const pty = startPty(fleet, 'watch');
    await pty.shows(/0 of 1/);
    pty.type('\u0003');
    const { shown, exitCode } = await pty.ended;
    expect(exitCode).toBe(130);
    expect(shown).toContain(`left ${id}, which goes on`);
    expect(shown).toContain(`Watch it again: fleetmark watch ${id}`);
    expect(shown).toContain(`Cancel it: fleetmark cancel ${id}`);
    expect(held.shells()).toBe(1);
    const again = fleet.start('watch', id);
    await again.waitFor(/^Run fleet-/m);
    expect((await fleetmark('cancel', id)).stdout).toContain('1 cancelled');
    const { stdout, exitCode: code } = await again.ended;
    expect(stdout).toContain('1 cancelled');
    expect(code).toBe(3);
  });

  test('the name of a schedule means its run under way', async () => {
    await fleetmark('schedule', 'create', 'nightly', '--cron', '0 2 * * *', '--limit', 'web-1');
    await fleetmark('schedule', 'trigger', 'nightly');
    await held.measures(1);
    const watched = fleet.start('watch', 'nightly', '--json');
    await watched.waitFor(/^Run /m);
    held.release();
    const { stdout, exitCode } = await watched.ended;
    expect(exitCode).toBe(1);
    expect(stdout).toBe((await fleetmark('report', 'nightly', '--json')).stdout);
    await fleetmark('schedule', 'delete', 'nightly');
  });

  test('with several runs under way it refuses, and lists them', async () => {
    const ids = [await detached('--limit', 'web-1'), await detached('--limit', 'web-1', '--benchmarks', 'cpu')];
    const { stderr, exitCode } = await fleetmark('watch');
    expect(stderr).toMatch(/^fleetmark: several runs are under way; name one: fleet-\S+, fleet-\S+$/m);
    for (const id of ids) expect(stderr).toContain(id);
    expect(exitCode).toBe(2);
    held.release();
    expect((await fleetmark('watch', ids[0]!)).exitCode).toBe(1);
    await fleetmark('watch', ids[1]!);
  });
});

describe.skipIf(skipsWithout())('a run with a Temporal of its own, watched from another terminal', () => {
  let fleet: Fleet;
  let held: HeldBenchmark;
  beforeAll(async () => {
    fleet = await startFleet(1);
    held = new HeldBenchmark(fleet);
    fleet.configure(held.settings());
  });
  afterAll(() => fleet?.stop());

  test('ends with the same report, although its Temporal ends with the run', async () => {
    const { stderr, exitCode: none } = await fleet.start('watch').ended;
    expect(stderr).toContain('there are no results yet in ');
    expect(none).toBe(2);
    held.hold();
    const run = fleet.start('run', '--yes', '--json');
    await run.waitFor(/^Run fleet-/m);
    const watched = fleet.start('watch', '--json');
    await watched.waitFor(/^Run fleet-/m);
    held.release();
    const { stdout } = await run.ended;
    expect(await watched.ended).toMatchObject({ stdout, exitCode: 0 });
  });

  test('says how to resume the run if its Temporal was killed with it', async () => {
    held.hold();
    const run = fleet.start('run', '--yes');
    const [, id] = await run.waitFor(/^Run (fleet-[\w-]+)/m);
    await held.measures(1);
    const watched = fleet.start('watch');
    await watched.waitFor(/^Run fleet-/m);
    run.process.kill('SIGKILL');
    const { stderr, exitCode } = await watched.ended;
    expect(stderr).toContain(`before the run ${id} ended\nResume it: fleetmark run --resume`);
    expect(exitCode).toBe(3);
    await eventually(
      () => fleet.start('watch', id!).ended,
      (ended) =>
        ended.stderr.includes(`${id} is unfinished, and no Temporal runs here: resume it with fleetmark run --resume`)
    );
    held.release();
    const resumed = await fleet.start('run', '--resume').ended;
    expect(resumed.stdout).toContain('1 server in');
    expect((await fleet.start('watch', id!).ended).stdout).toBe((await fleet.start('report').ended).stdout);
  });
});

describe.skipIf(skipsWithout())('a run of a distributed Temporal without a results store', () => {
  let fleet: Fleet;
  let held: HeldBenchmark;
  let distributed: TemporalProcess;
  beforeAll(async () => {
    fleet = await startFleet(1);
    held = new HeldBenchmark(fleet);
    fleet.configure(held.settings());
    distributed = await startTemporalProcess(fleet.folder);
  });
  afterAll(async () => {
    await distributed?.kill();
    await fleet?.stop();
  });

  test('is watched from a machine that has no configuration, during the run and after it', async () => {
    const env = { TEMPORAL_ADDRESS: distributed.address };
    const worker = startFleetmark(fleet.folder, ['worker'], env);
    await worker.waitFor(/^Worker of/m);
    held.hold();
    const run = startFleetmark(fleet.folder, ['run', '--yes'], env);
    const [, id] = await run.waitFor(/^Run (fleet-[\w-]+)/m);
    run.process.kill('SIGKILL');
    const elsewhere = temporaryFolder('elsewhere');
    const watch = (...args: string[]): Running => startFleetmark(elsewhere, ['watch', ...args], env);
    const watched = watch();
    await watched.waitFor(/^Run fleet-/m);
    held.release();
    const { stdout, exitCode } = await watched.ended;
    expect(stdout).toContain('1 server in');
    expect(exitCode).toBe(0);
    expect(await watch(id!).ended).toMatchObject({ stdout, exitCode });
    expect(await watch().ended).toMatchObject({
      ...{ stdout, exitCode, stderr: expect.stringContaining(`No run is under way.\nThis is ${id}, started `) },
    });
    worker.process.kill('SIGTERM');
    await worker.ended;
  });
});

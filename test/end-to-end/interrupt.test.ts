import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { FleetReport } from '../../src/domain/reports/fleet-report.ts';
import { eventually, processesWith } from '../support/processes.ts';
import { skipsWithout, startFleet } from './fleet.ts';
import type { Fleet } from './fleet.ts';
import { HeldBenchmark } from './held-benchmark.ts';

const size = 20;

describe.skipIf(skipsWithout())('a run of 20 servers in parallel', () => {
  let fleet: Fleet;
  let held: HeldBenchmark;
  beforeAll(async () => {
    fleet = await startFleet(size);
    held = new HeldBenchmark(fleet);
  });
  afterAll(async () => fleet?.stop());
  beforeEach(() => {
    // A command that ignores TERM is killed.
    const settings = held.settings(`case $3 in *.1) trap '' TERM ;; esac`);
    fleet.configure({ ...settings, maxParallel: size });
    held.hold();
  });

  async function nothingIsLeftHere(): Promise<void> {
    await eventually(
      () => processesWith(fleet.file('state')),
      (left) => left.length === 0
    );
  }

  test.each([
    ['Ctrl-C', 'SIGINT', 130],
    ['SIGTERM', 'SIGTERM', 143],
  ] as const)('%s stops the load, prints the partial report and leaves nothing behind', async (_what, signal, code) => {
    const run = fleet.start('run', '--yes', '--json');
    await held.measures(size);
    const begin = Date.now();
    run.process.kill(signal);
    const { exitCode, stdout, stderr } = await run.ended;
    const seconds = (Date.now() - begin) / 1000;
    console.error(`${signal}: ended after ${seconds.toFixed(1)} s`);
    expect(held.processes()).toEqual([]);
    expect(processesWith(fleet.file('state'))).toEqual([]);
    expect(exitCode).toBe(code);
    const report = JSON.parse(stdout) as FleetReport;
    expect(report.requested).toBe(size);
    expect(report.counts).toMatchObject({ cancelled: size, pass: 0, fail: 0, error: 0 });
    expect(stderr).toContain('Stopping the load on the servers. Press Ctrl-C again to leave at once.');
    expect(seconds).toBeLessThan(30);
  });

  test('Ctrl-C before the run has started starts nothing', async () => {
    const run = fleet.start('run', '--yes');
    await run.says(/^Temporal at/m);
    run.process.kill('SIGINT');
    const { exitCode, stdout } = await run.ended;
    expect(exitCode).toBe(130);
    expect(stdout).not.toContain('score');
    await nothingIsLeftHere();
    expect(held.processes()).toEqual([]);
  });

  test('a second Ctrl-C exits immediately; `cancel` ends what is still running on the servers', async () => {
    const run = fleet.start('run', '--yes', '--json');
    await held.measures(size);
    run.process.kill('SIGINT');
    await run.says(/Press Ctrl-C again/);
    // As a user does: a signal right after the first one counts as its echo.
    await eventually(
      () => run.process.kill('SIGINT') && run.process.exitCode,
      (code) => code !== null
    );
    const { exitCode, stdout } = await run.ended;
    expect(exitCode).toBe(130);
    expect(stdout).toBe('');
    await nothingIsLeftHere();
    expect((await fleet.start('cancel').ended).exitCode).toBe(0);
    expect(held.processes()).toEqual([]);
  });
});

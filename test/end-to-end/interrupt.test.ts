import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { FleetReport } from '../../src/domain/reports/fleet-report.ts';
import { processesWith } from '../support/processes.ts';
import { skipsWithout, type Fleet } from './fleet.ts';
import { startHeldFleet, type HeldBenchmark } from './held-benchmark.ts';

/** Few enough that a busy machine ends all of them in time; test/bench/interrupt.ts takes 20. */
const size = 10;

describe.skipIf(skipsWithout())('a run of many servers in parallel', () => {
  let fleet: Fleet;
  let held: HeldBenchmark;
  beforeAll(async () => ({ fleet, held } = await startHeldFleet(size)));
  afterAll(async () => fleet?.stop());
  beforeEach(() => held.hold());

  test.each([
    ['Ctrl-C', 'SIGINT', 130],
    ['SIGTERM', 'SIGTERM', 143],
  ] as const)('%s stops the load, prints the partial report and leaves nothing behind', async (_what, signal, code) => {
    const file = fleet.file(`${signal}.csv`);
    const run = fleet.start('run', '--yes', '--json', '--export-csv', file);
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
    const lines = readFileSync(file, 'utf8').trimEnd().split('\r\n').slice(1);
    expect(lines.map((line) => line.split(',')[4])).toEqual(report.servers.map(() => 'cancelled'));
    expect(stderr).toContain('Stopping the load on the servers. Press Ctrl-C again to leave at once.');
    expect(seconds).toBeLessThan(30);
  });

  test('Ctrl-C does not end the run that another terminal has started in the same Temporal', async () => {
    const { first: ours, second: theirs, secondId } = await held.startTwoRuns('--json');
    ours.process.kill('SIGINT');
    await ours.waitFor(new RegExp(`^Waiting for ${secondId}, started here by another fleetmark`, 'm'));
    held.release();
    const [left, passed] = await Promise.all([ours.ended, theirs.ended]);
    expect((JSON.parse(left.stdout) as FleetReport).counts).toMatchObject({ cancelled: 1 });
    expect((JSON.parse(passed.stdout) as FleetReport).counts).toMatchObject({ pass: 1 });
    expect([left.exitCode, passed.exitCode]).toEqual([130, 0]);
  });
});

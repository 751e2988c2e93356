import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { eventually, processesWith } from '../support/processes.ts';
import { skipsWithout, type Fleet } from './fleet.ts';
import { startHeldFleet, type HeldBenchmark } from './held-benchmark.ts';

const size = 5;

describe.skipIf(skipsWithout())('a run of five servers in parallel', () => {
  let fleet: Fleet;
  let held: HeldBenchmark;
  beforeAll(async () => ({ fleet, held } = await startHeldFleet(size)));
  afterAll(async () => fleet?.stop());
  beforeEach(() => held.hold());

  async function noLocalProcessIsLeft(): Promise<void> {
    await eventually(
      () => processesWith(fleet.file('state')),
      (left) => left.length === 0
    );
  }

  test('Ctrl-C before the run has started starts nothing', async () => {
    const run = fleet.start('run', '--yes');
    await run.waitFor(/^Temporal at/m);
    run.process.kill('SIGINT');
    const { exitCode, stdout } = await run.ended;
    expect(exitCode).toBe(130);
    expect(stdout).not.toContain('score');
    await noLocalProcessIsLeft();
    expect(held.processes()).toEqual([]);
  });

  test('a second Ctrl-C exits immediately; `cancel` ends what is still running on the servers', async () => {
    const run = fleet.start('run', '--yes', '--json');
    await held.measures(size);
    run.process.kill('SIGINT');
    await run.waitFor(/Press Ctrl-C again/);
    // As a user does: a signal right after the first one counts as its echo.
    await eventually(
      () => run.process.kill('SIGINT') && run.process.exitCode,
      (code) => code !== null
    );
    const { exitCode, stdout } = await run.ended;
    expect(exitCode).toBe(130);
    expect(stdout).toBe('');
    await noLocalProcessIsLeft();
    expect((await fleet.start('cancel').ended).exitCode).toBe(0);
    expect(held.processes()).toEqual([]);
  });
});

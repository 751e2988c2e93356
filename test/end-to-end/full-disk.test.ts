import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canUnshare } from '../faults/faulty-server.ts';
import { mountStateDisk, type StateDisk } from '../faults/state-disk.ts';
import { startFleetmark, type Running } from './command-line.ts';
import { skipsWithout, startFleet, type Fleet } from './fleet.ts';
import { HeldBenchmark } from './held-benchmark.ts';

describe.skipIf(skipsWithout() || !canUnshare)('a state folder on a full disk', () => {
  let fleet: Fleet;
  let disk: StateDisk;
  beforeAll(async () => {
    fleet = await startFleet(1);
    const { benchmarks } = new HeldBenchmark(fleet).settings();
    fleet.configure({ benchmarks });
    disk = mountStateDisk(fleet.file('state'));
  });
  afterAll(async () => {
    disk?.remove();
    await fleet?.stop();
  });

  const start = (...args: string[]): Running => startFleetmark(fleet.folder, args);

  test('before the start is a refusal that names the folder', async () => {
    disk.fill();
    for (const args of [['run', '--yes'], ['up']]) {
      const { exitCode, stderr } = await start(...args).ended;
      expect(stderr).toContain(`fleetmark: no space is left in the state folder ${fleet.file('state')}`);
      expect(stderr).toContain(`(df -h ${fleet.file('state')})`);
      expect(exitCode).toBe(2);
    }
    disk.empty();
  });

  test('while a run is starting is reported, is not an internal error, and does not prevent later runs', async () => {
    const run = start('run', '--yes');
    await run.waitFor(/^Temporal at/m);
    disk.fill();
    const { stderr } = await run.ended;
    expect(stderr).not.toContain('internal error');
    expect(stderr).toMatch(/no space is left in/i);
    disk.empty();
    expect((await start('run', '--yes', '--measure-only').ended).exitCode).toBe(0);
  });
});

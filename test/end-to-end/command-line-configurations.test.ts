import { copyFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually, processesWith } from '../support/processes.ts';
import { skipsWithout, startFleet, type Fleet } from './fleet.ts';
import { HeldBenchmark } from './held-benchmark.ts';
import { startUp } from './up.ts';

describe.skipIf(skipsWithout())('two configurations that share a state folder', () => {
  let fleet: Fleet;
  let held: HeldBenchmark;
  beforeEach(async () => {
    fleet = await startFleet(2);
    held = new HeldBenchmark(fleet);
    fleet.configure(held.settings());
    copyFileSync(fleet.file('fleetmark.yaml'), fleet.file('other.yaml'));
    held.hold();
  });
  afterEach(async () => fleet?.stop());

  const other = (): string[] => ['--config', fleet.file('other.yaml')];

  test('a run is refused if the worker has the other configuration, a cancel is not', async () => {
    const up = await startUp(fleet);
    const words = new RegExp(
      `^fleetmark: the Temporal at ${up.address} uses the configuration \\S+/fleetmark\\.yaml, ` +
        'not \\S+/other\\.yaml: .*FLEETMARK_STATE.*\\n$',
      'm'
    );
    for (const args of [['run', '--yes'], ['run', '--resume'], ['up']]) {
      const { stdout, stderr, exitCode } = await fleet.start(...args, ...other()).ended;
      expect(stderr).toMatch(words);
      expect(stdout).toBe('');
      expect(exitCode).toBe(2);
    }
    expect(held.processes()).toEqual([]);

    const { stdout } = await fleet.start('run', '--yes', '--detach').ended;
    await held.measures(2);
    expect((await fleet.start('cancel', stdout.trim(), ...other()).ended).exitCode).toBe(0);
    expect(held.processes()).toEqual([]);
    expect(await up.stop()).toBe(0);
  });

  test('an unfinished run is resumed only with its own configuration, which `cancel` uses by default', async () => {
    const run = fleet.start('run', '--yes');
    const [, runId] = await run.waitFor(/^Run (\S+):/m);
    await held.measures(2);
    run.process.kill('SIGKILL');
    await run.ended;
    await eventually(
      () => processesWith(fleet.file('state')),
      (left) => left.length === 0
    );
    for (const args of [['run', '--yes'], ['run', '--resume'], ['up']]) {
      const { stderr, exitCode } = await fleet.start(...args, ...other()).ended;
      expect(stderr).toContain(`fleetmark: the unfinished run ${runId} belongs to the configuration `);
      expect(stderr).toMatch(/\(fleetmark run --resume --config \S+\/fleetmark\.yaml\)/);
      expect(exitCode).toBe(2);
    }
    // Without a configuration file: only by chance would it be that of the crashed run.
    const cancelled = await fleet.start('cancel').ended;
    expect(cancelled.stderr).toContain(`Cancelling ${runId}\n`);
    expect(cancelled.exitCode).toBe(0);
    expect(held.processes()).toEqual([]);
    held.release();
    expect((await fleet.run(...other())).exitCode).toBe(0);
  });
});

import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FleetReport } from '../../src/domain/reports/fleet-report.ts';
import { listen } from '../support/ports.ts';
import { commandLine, eventually, processesWith } from '../support/processes.ts';
import { temporalCli } from '../support/temporal-cli.ts';
import { temporal, type Running } from './command-line.ts';
import { skipsWithout, startFleet, type Fleet } from './fleet.ts';
import { HeldBenchmark } from './held-benchmark.ts';

describe.skipIf(skipsWithout())('the embedded Temporal', () => {
  let fleet: Fleet;
  let held: HeldBenchmark;
  beforeEach(async () => {
    fleet = await startFleet(2);
    held = new HeldBenchmark(fleet);
    fleet.configure({ ...held.settings(), maxParallel: 1 });
    held.hold();
  });
  afterEach(async () => fleet?.stop());

  /** No local process is left; the benchmarks on the servers continue. */
  async function kill(running: Running): Promise<void> {
    const measuring = held.shells();
    running.process.kill('SIGKILL');
    await running.ended;
    expect(held.shells()).toBe(measuring);
    await eventually(
      () => processesWith(fleet.file('state')),
      (left) => left.length === 0
    );
  }

  /** A run that was killed while the first of two servers was measured. */
  async function killedRun(): Promise<string> {
    const run = fleet.start('run', '--yes');
    const [, runId] = await run.waitFor(/^Run (\S+):/m);
    await held.measures(1);
    await kill(run);
    return runId!;
  }

  async function up(): Promise<{ running: Running; address: string }> {
    const running = fleet.start('up');
    const [, address] = await running.waitFor(/^Temporal at (\S+), Web UI at/m);
    await running.waitFor(/^Up\./m);
    return { running, address: address! };
  }

  const json = (stdout: string): FleetReport => JSON.parse(stdout) as FleetReport;
  const verdicts = ({ servers }: FleetReport): string[] => servers.map(({ verdict }) => verdict);

  test('kill -9 loses nothing: the next run is refused with both options, --resume has all results', async () => {
    const runId = await killedRun();

    const refused = await fleet.start('run', '--yes').ended;
    expect(refused.stdout).toBe('');
    expect(refused.stderr).toContain(
      `fleetmark: an earlier run is not finished: ${runId}\n` +
        'Resume it: fleetmark run --resume\nOr cancel it: fleetmark cancel\n'
    );
    expect(refused.exitCode).toBe(2);
    expect(held.shells()).toBe(1);

    held.release();
    const resumed = await fleet.start('run', '--resume', '--json').ended;
    const report = json(resumed.stdout);
    expect(report.run).toBe(runId);
    expect(verdicts(report)).toEqual(['pass', 'pass']);
    expect(resumed.exitCode).toBe(0);

    const { exitCode, report: next } = await fleet.run();
    expect(next.run).not.toBe(runId);
    expect(verdicts(next)).toEqual(['pass', 'pass']);
    expect(exitCode).toBe(0);

    const { running, address } = await up();
    const list = await temporal(address, 'workflow', 'list', '--query', 'WorkflowType="benchmarkFleet"');
    expect(list.stdout).toContain(runId);
    expect(list.stdout).toContain(next.run);
    running.process.kill('SIGINT');
    expect((await running.ended).exitCode).toBe(0);
  });

  test('a check that was killed is ended by the next run, which is not refused', async () => {
    let connections = 0;
    const silent = createServer((socket) => {
      connections += 1;
      socket.on('error', () => undefined);
    });
    const port = await listen(silent);
    fleet.configure({ ...held.settings(), servers: { silent: { host: '127.0.0.1', port } } });
    const check = fleet.start('check');
    const [, checkId] = await check.waitFor(/^Run (\S+):/m);
    await eventually(
      () => connections,
      (count) => count > 0
    );
    await kill(check);
    silent.close();

    held.release();
    const { report, stderr } = await fleet.run('--limit', 'web-*');
    expect(stderr).toContain(`Ended the check ${checkId}, which was left unfinished\n`);
    expect(verdicts(report)).toEqual(['pass', 'pass']);
    const resumed = await fleet.start('run', '--resume').ended;
    expect(resumed.stderr).toContain('there is no unfinished run to resume');
  });

  test('a killed run can be cancelled: its benchmark ends, and another run starts', async () => {
    const runId = await killedRun();
    const cancelled = await fleet.start('cancel', '--json').ended;
    expect(cancelled.stderr).toContain(`Cancelling ${runId}\n`);
    expect(json(cancelled.stdout).requested).toBe(2);
    expect(verdicts(json(cancelled.stdout))).not.toContain('pass');
    expect(cancelled.exitCode).toBe(0);
    expect(held.processes()).toEqual([]);
    held.release();
    expect((await fleet.run()).exitCode).toBe(0);
  });

  test('`up` resumes the runs of a killed one; a second `up` is refused', async () => {
    const first = await up();
    const twice = await fleet.start('up').ended;
    expect(twice.stderr).toContain(
      `fleetmark: another fleetmark already runs the Temporal at ${first.address}: use that one`
    );
    expect(twice.exitCode).toBe(2);

    const { stdout, exitCode, stderr } = await fleet.start('run', '--yes', '--detach').ended;
    expect(exitCode).toBe(0);
    const runId = stdout.trim();
    expect(stderr).toContain(`fleetmark cancel ${runId}\n`);
    await held.measures(1);
    await kill(first.running);

    held.release();
    const second = await up();
    await second.running.waitFor(new RegExp(`^Resuming ${runId}$`, 'm'));
    const followed = await fleet.start('run', '--resume', '--json').ended;
    expect(json(followed.stdout).run).toBe(runId);
    expect(verdicts(json(followed.stdout))).toEqual(['pass', 'pass']);
    second.running.process.kill('SIGINT');
    expect((await second.running.ended).exitCode).toBe(0);
  });

  test('of `up` accepts runs from other processes, which a third one can cancel', async () => {
    const { running, address } = await up();
    const run = fleet.start('run', '--yes', '--json');
    await run.waitFor(
      new RegExp(`^Attached to the Temporal at ${address}, which uses the configuration of its own worker`, 'm')
    );
    const [, runId] = await run.waitFor(/^Run (\S+):/m);
    await held.measures(1);
    const cancelled = await fleet.start('cancel', runId!).ended;
    expect(cancelled.exitCode).toBe(0);
    expect(held.processes()).toEqual([]);
    const { stdout, exitCode } = await run.ended;
    expect(verdicts(json(stdout))).toEqual(['cancelled', 'not_reached']);
    expect(exitCode).toBe(3);

    held.release();
    expect((await fleet.run()).exitCode).toBe(0);
    running.process.kill('SIGINT');
    expect((await running.ended).exitCode).toBe(0);
    expect(processesWith(fleet.file('state'))).toEqual([]);
  });

  test('of a run stays up for a run that another process has started on it', async () => {
    const { first, second, secondId } = await held.startTwoRuns('--json');
    // The command of web-1 ends, that of web-2 continues.
    held.release();
    const ends = await Promise.all([first.ended, second.ended]);
    expect(ends.map(({ stdout }) => json(stdout).servers[0]?.serverId)).toEqual(['web-1', 'web-2']);
    expect(ends.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    expect(secondId).toBe(json(ends[1].stdout).run);
  });

  test('that ends with its owner is reported to other processes with a run on it', async () => {
    const { first: owner, second: other, secondId } = await held.startTwoRuns();
    await kill(owner);
    const { stdout, stderr, exitCode } = await other.ended;
    expect(stdout).toBe('');
    expect(stderr).toMatch(
      new RegExp(
        `^fleetmark: the Temporal at \\S+ ended with the fleetmark that had started it before the run ${secondId} ended\\n` +
          'Resume it: fleetmark run --resume\\n$',
        'm'
      )
    );
    expect(exitCode).toBe(3);
    held.release();
    await held.isGone();
  });

  test('that is killed is reported', async () => {
    const run = fleet.start('run', '--yes');
    await held.measures(1);
    const server = processesWith(fleet.file('state')).find((pid) => commandLine(pid).startsWith(temporalCli!))!;
    process.kill(server, 'SIGKILL');
    const { stderr, exitCode } = await run.ended;
    expect(stderr).toMatch(/^fleetmark: the Temporal at \S+ ended with status \d+ before the run \S+ ended$/m);
    expect(exitCode).toBe(3);
    held.release();
    await held.isGone();
  });
});

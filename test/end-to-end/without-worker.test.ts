import { Client, Connection } from '@temporalio/client';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { FleetReport } from '../../src/domain/reports/fleet-report.ts';
import { startTemporalProcess, type TemporalProcess } from '../faults/temporal-process.ts';
import { lastPollTime } from '../../src/cli/runs/wait-for-worker.ts';
import { eventually } from '../support/processes.ts';
import { startFleetmark, type Ended, type Running } from './command-line.ts';
import { skipsWithout, startFleet, type Fleet } from './fleet.ts';
import { HeldBenchmark } from './held-benchmark.ts';

const missing =
  /^no worker has polled for \d+ s: waiting; start one on a machine that can reach the servers: TEMPORAL_ADDRESS=/m;

describe.skipIf(skipsWithout())('a remote Temporal', () => {
  let fleet: Fleet;
  let held: HeldBenchmark;
  let temporal: TemporalProcess;
  let connection: Connection;
  const started: Running[] = [];
  beforeAll(async () => {
    fleet = await startFleet(3);
    held = new HeldBenchmark(fleet);
    temporal = await startTemporalProcess(fleet.folder);
    connection = await Connection.connect({ address: temporal.address });
  });
  afterEach(async () => {
    temporal.thaw();
    for (const running of started.splice(0)) await kill(running);
  });
  afterAll(async () => {
    await connection?.close();
    await temporal?.kill();
    await fleet?.stop();
  });

  function start(...args: string[]): Running {
    const running = startFleetmark(fleet.folder, args, { TEMPORAL_ADDRESS: temporal.address });
    started.push(running);
    return running;
  }

  async function worker(): Promise<Running> {
    const running = start('worker');
    await running.waitFor(/^Worker of/m);
    return running;
  }

  /** A worker that has ended, but that Temporal still lists. */
  async function deadWorker(): Promise<void> {
    const begin = Date.now();
    const running = await worker();
    const client = new Client({ connection });
    await eventually(
      () => lastPollTime(client),
      (time) => time !== null && time > begin
    );
    await kill(running);
  }

  async function kill(running: Running): Promise<void> {
    running.process.kill('SIGKILL');
    await running.ended;
  }

  /** Prints the effect of a signal and the time that it took. */
  async function signal(running: Running, name: NodeJS.Signals): Promise<Ended> {
    const begin = performance.now();
    running.process.kill(name);
    const ended = await running.ended;
    console.error(`${name}: ended after ${((performance.now() - begin) / 1000).toFixed(1)} s`);
    return ended;
  }

  const runId = ({ stderr }: Ended): string => /^Run (\S+)$/m.exec(stderr)![1]!;

  /** A later worker ends the rest. */
  async function endsWithWorker(id: string): Promise<void> {
    await worker();
    const handle = new Client({ connection }).workflow.getHandle(id);
    await handle.result().catch(() => undefined);
    expect((await handle.describe()).status.name).toBe('CANCELLED');
    await held.isGone();
  }

  test('without a worker shows that the run waits for one, and a signal starts nothing', async () => {
    fleet.configure(held.settings());
    const run = start('run', '--yes');
    await run.waitFor(/^no worker has polled for 10 s: waiting up to 60 s; start one on a machine/m);
    const { exitCode, stdout, stderr } = await signal(run, 'SIGTERM');
    expect(exitCode).toBe(143);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^fleetmark: nothing was started$/m);
    expect((await new Client({ connection }).workflow.count()).count).toBe(0);
  });

  test('whose worker was just killed is reported, and a new worker performs the run', async () => {
    fleet.configure(held.settings());
    await deadWorker();
    const run = start('run', '--yes', '--json');
    await run.waitFor(missing);
    await worker();
    const { exitCode, stdout, stderr } = await run.ended;
    expect((JSON.parse(stdout) as FleetReport).counts.pass).toBe(3);
    expect(stderr).toMatch(/^The worker has answered\.$/m);
    expect(exitCode).toBe(0);
  });

  test('whose worker was just killed: plan reports it as well', async () => {
    fleet.configure(held.settings());
    await deadWorker();
    const plan = start('plan');
    await plan.waitFor(missing);
    const ended = signal(plan, 'SIGINT');
    expect((await ended).stdout).toBe('');
    expect(plan.process.signalCode).toBe('SIGINT');
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('whose worker was just killed: %s before anything is known ends the run with %i', async (name, code) => {
    fleet.configure(held.settings());
    await deadWorker();
    const run = start('run', '--yes');
    await run.waitFor(/^Run /m);
    const ended = await signal(run, name);
    expect(ended.exitCode).toBe(code);
    expect(ended.stdout).toBe('');
    expect(ended.stderr).toContain(`${runId(ended)} is still running; fleetmark no longer waits for it.\n`);
    expect(ended.stderr).toContain('It is unknown whether a server was being measured (the worker does not answer).\n');
    expect(ended.stderr).toMatch(new RegExp(`^To stop it later: .* cancel ${runId(ended)}$`, 'm'));
    await endsWithWorker(runId(ended));
  });

  test('whose worker is killed during a run: a signal prints a partial report, and names the servers that may be running', async () => {
    // The first server has ended, the second is being measured, the third is waiting. Which is which follows from earlier runs.
    const first = `mkdir ${fleet.file('first')} 2>/dev/null && { echo "score: 80"; exit; }`;
    fleet.configure({ ...held.settings(first), maxParallel: 1 });
    held.hold();
    const own = await worker();
    const run = start('run', '--yes', '--json');
    await run.waitFor(/^web-\d pass/m);
    await held.measures(1);
    await kill(own);
    await run.waitFor(missing);
    const ended = await signal(run, 'SIGINT');
    expect(ended.exitCode).toBe(130);
    const report = JSON.parse(ended.stdout) as FleetReport;
    const second = report.servers.find(({ verdict }) => verdict === 'cancelled')?.serverId;
    expect(ended.stderr).toContain(`Could not be cancelled (the worker does not answer): ${second}\n`);
    expect(report.counts).toMatchObject({ pass: 1, cancelled: 1, not_reached: 1 });
    expect(held.shells()).toBe(1);
    await endsWithWorker(runId(ended));
    held.release();
  });

  test('that no longer answers is reported and waited for; a signal leaves the run', async () => {
    fleet.configure({ ...held.settings(), maxParallel: 1 });
    held.hold();
    await worker();
    const run = start('run', '--yes', '--limit', 'web-1');
    await held.measures(1);
    temporal.freeze();
    await run.waitFor(/^the Temporal at \S+ has not answered for \d+ s: waiting for it$/m);
    temporal.thaw();
    await run.waitFor(/^The Temporal has answered\.$/m);
    temporal.freeze();
    const ended = await signal(run, 'SIGINT');
    expect(ended.exitCode).toBe(130);
    expect(ended.stderr).toMatch(/^The run could not be cancelled: .*/m);
    expect(ended.stderr).toMatch(/^Could not be cancelled \(.*\): web-1$/m);
    expect(ended.stdout).toContain('web-1');
    temporal.thaw();
    const cancelled = await start('cancel', runId(ended)).ended;
    expect(cancelled.exitCode).toBe(0);
    await held.isGone();
    held.release();
  });
});

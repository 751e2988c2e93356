import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createActivities, type Activities } from '../../src/activities/index.ts';
import type { FleetReport } from '../../src/domain/reports/fleet-report.ts';
import { Failure } from '../../src/domain/failures/failure.ts';
import { configurationOf, scoreBenchmark } from '../support/configuration.ts';
import { deferred } from '../support/deferred.ts';
import { eventually } from '../support/processes.ts';
import { scriptedSsh, type Script, type ScriptedSsh } from '../support/scripted-ssh.ts';
import { bundle, startTemporal, startWorker, type TestWorker } from '../support/temporal.ts';

let temporal: TestWorkflowEnvironment;
let workflowBundle: Awaited<ReturnType<typeof bundle>>;
beforeAll(async () => {
  [temporal, workflowBundle] = await Promise.all([startTemporal(), bundle()]);
});
afterAll(async () => temporal?.teardown());

interface Fleet {
  ssh: ScriptedSsh;
  activities: Activities;
  /** A worker of this fleet. Several may run in sequence, also for activities only. */
  worker(workflows?: typeof workflowBundle | null): Promise<TestWorker>;
}

function fleetOf(
  servers: string[],
  script: Script,
  benchmarks = [scoreBenchmark('cpu')],
  taskQueue = randomUUID()
): Fleet {
  const ssh = scriptedSsh(script);
  const configuration = configurationOf({ servers, benchmarks });
  const activities = createActivities({ configuration: async () => configuration, ssh });
  return {
    ssh,
    activities,
    worker: (workflows = workflowBundle) => startWorker(temporal, workflows, activities, taskQueue),
  };
}

async function hasStarted({ ssh }: Fleet, jobs: number): Promise<void> {
  await eventually(
    () => ssh.started.length,
    (count) => count === jobs
  );
}

async function reportOf(handle: WorkflowHandle): Promise<FleetReport> {
  return (await handle.result()) as FleetReport;
}

test('a benchmark continues while its worker stops, and the next worker follows it', async () => {
  const hold = deferred();
  const fleet = fleetOf(['restart-1'], async () => {
    await hold.promise;
    return 'score: 80';
  });
  const first = await fleet.worker();
  const handle = await first.start('benchmarkFleet', []);
  await hasStarted(fleet, 1);
  await first.stop();
  const second = await fleet.worker();
  hold.resolve();
  const report = await reportOf(handle);
  await second.stop();
  expect(report.servers[0]).toMatchObject({ verdict: 'measured', benchmarks: [{ measurements: [{ value: 80 }] }] });
  expect(fleet.ssh.started).toHaveLength(1);
  expect(fleet.ssh.cancelled).toEqual([]);
});

test('a cancelled server ends its job, reports leftovers, and keeps its measurements', async () => {
  const script: Script = ({ command }) => (command.includes('measure cpu') ? 'score: 5' : new Promise(() => undefined));
  const fleet = fleetOf(['partial-1', 'partial-2'], script, [scoreBenchmark('cpu'), scoreBenchmark('burn')]);
  const worker = await fleet.worker();
  const handle = await worker.start('benchmarkFleet', []);
  await hasStarted(fleet, 4);
  await handle.cancel();
  await handle.result().catch(() => undefined);
  const report = (await handle.describe()).memo?.['report'] as FleetReport;
  await worker.stop();
  expect(report.counts).toMatchObject({ cancelled: 2 });
  for (const row of report.servers) {
    expect(row).toMatchObject({ verdict: 'cancelled', notes: ['leftover: none'] });
    expect(row.benchmarks).toMatchObject([{ benchmark: 'cpu', measurements: [{ value: 5 }] }]);
  }
  expect(new Set(fleet.ssh.cancelled).size).toBe(2);
});

test('a cancel ends the job of a benchmark whose activity has not heard of it', async () => {
  const fleet = fleetOf(['unheard-1'], () => 'score: 1');
  const [begun, ended] = [deferred(), deferred()];
  const released: string[] = [];
  Object.assign(fleet.activities, {
    // It sends no heartbeat, so that no cancel reaches it.
    async benchmarkCommand() {
      begun.resolve();
      await ended.promise;
      throw new Error('its job has ended');
    },
    async releaseServer({ prefix }: { prefix: string }) {
      released.push(prefix);
      ended.resolve();
      return [];
    },
  } satisfies Partial<Activities>);
  const worker = await fleet.worker();
  const handle = await worker.start('benchmarkFleet', []);
  await begun.promise;
  await handle.cancel();
  await handle.result().catch(() => undefined);
  const report = (await handle.describe()).memo?.['report'] as FleetReport;
  await worker.stop();
  expect(report.servers[0]).toMatchObject({ verdict: 'cancelled', benchmarks: [], notes: ['leftover: none'] });
  expect(released).toEqual([expect.stringMatching(/\.cpu\.1$/), expect.not.stringContaining('.cpu')]);
});

test('a run that is cancelled while no worker runs starts nothing when one starts', async () => {
  const taskQueue = randomUUID();
  const never: Script = () => new Promise(() => undefined);
  const lost = fleetOf(['cancelled-1'], never, undefined, taskQueue);
  const first = await lost.worker();
  const handle = await first.start('benchmarkFleet', []);
  await hasStarted(lost, 1);
  await first.stop();
  await handle.cancel();

  const next = fleetOf(['cancelled-1'], never, undefined, taskQueue); // the output of the first attempt never arrived
  const activitiesOnly = await next.worker(null);
  await eventually(
    async () => (await temporal.client.workflow.getHandle('server/cancelled-1').describe()).raw.pendingActivities?.[0],
    (activity) => activity?.attempt === 2 && activity.lastWorkerIdentity !== ''
  );
  const workflowsOnly = await startWorker(temporal, workflowBundle, {}, taskQueue);
  await handle.result().catch(() => undefined);
  const report = (await handle.describe()).memo?.['report'] as FleetReport;
  await Promise.all([activitiesOnly.stop(), workflowsOnly.stop()]);
  expect(report.counts).toMatchObject({ cancelled: 1 });
  expect(next.ssh.started).toEqual([]);
});

test('the job of a server whose workflow is terminated by hand is ended', async () => {
  const fleet = fleetOf(['gone-1'], () => new Promise(() => undefined));
  const worker = await fleet.worker();
  const handle = await worker.start('benchmarkFleet', []);
  await hasStarted(fleet, 1);
  await temporal.client.workflow.getHandle('server/gone-1').terminate('by hand');
  expect((await reportOf(handle)).servers[0]?.error?.type).toBe('Terminated');
  await eventually(
    () => fleet.ssh.cancelled.length,
    (count) => count === 1
  );
  await worker.stop();
});

test('the processes of a lost job are ended; it is measured again under a new id, with a note', async () => {
  let lost = 1;
  const script: Script = () => {
    if (lost-- > 0) throw new Failure('JobLost', 'the server was restarted');
    return 'score: 80';
  };
  const fleet = fleetOf(['lost-1'], script);
  const worker = await fleet.worker();
  const report = await reportOf(await worker.start('benchmarkFleet', []));
  await worker.stop();
  expect(report.servers[0]).toMatchObject({
    verdict: 'measured',
    notes: ['cpu was measured again: the server was restarted'],
  });
  expect(fleet.ssh.started.map(({ jobId }) => jobId.split('.').slice(1).join('.'))).toEqual(['cpu.1.1', 'cpu.2.1']);
  expect(fleet.ssh.cancelled).toEqual([fleet.ssh.started[0]?.jobId]);
});

test('a job that is lost twice is an error, and a fail is never repeated', async () => {
  const script: Script = () => {
    throw new Failure('JobLost', 'the server was restarted');
  };
  const fleet = fleetOf(['lost-2'], script);
  const worker = await fleet.worker();
  const report = await reportOf(await worker.start('benchmarkFleet', []));
  await worker.stop();
  expect(report.servers[0]).toMatchObject({ verdict: 'error', error: { type: 'JobLost' } });
  expect(fleet.ssh.started).toHaveLength(2);
});

import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createActivities, type Activities } from '../../src/activities/index.ts';
import type { FleetReport } from '../../src/domain/reports/fleet-report.ts';
import { configurationOf, scoreBenchmark } from '../support/configuration.ts';
import { deferred, type Deferred } from '../support/deferred.ts';
import { eventually } from '../support/processes.ts';
import { connectionTo, scriptedSsh, type ScriptedSsh } from '../support/scripted-ssh.ts';
import { bundle, startTemporal, startWorker, type TestWorker } from '../support/temporal.ts';

let temporal: TestWorkflowEnvironment;
let workflowBundle: Awaited<ReturnType<typeof bundle>>;
beforeAll(async () => {
  [temporal, workflowBundle] = await Promise.all([startTemporal(), bundle()]);
});
afterAll(async () => temporal?.teardown());

interface OnePlace {
  worker: TestWorker;
  run: WorkflowHandle;
  ssh: ScriptedSsh;
  /** Opens the connection to the first server; ends the benchmark of the second one. */
  connect: Deferred;
  end: Deferred;
}

/** A run with one place for two servers: the first one cannot be connected yet, and the second one is being measured. */
async function startOnePlace(first: string, second: string, serverTimeoutMs?: number): Promise<OnePlace> {
  const [connect, end] = [deferred(), deferred()];
  const ssh = scriptedSsh(
    ({ serverId }) => (serverId === second ? end.promise.then(() => 'score: 2') : 'score: 1'),
    () => '',
    async ({ serverId }) => {
      if (serverId === first) await connect.promise;
      return connectionTo(serverId);
    }
  );
  const settings = {
    ...configurationOf({ servers: [first, second], maxParallel: 1 }),
    benchmarks: [scoreBenchmark('cpu')],
  };
  const activities = createActivities({ configuration: async () => settings, ssh });
  const planFleet: Activities['planFleet'] = async (...start) => {
    const plan = await activities.planFleet(...start);
    return { ...plan, serverTimeoutMs: serverTimeoutMs ?? plan.serverTimeoutMs };
  };
  const worker = await startWorker(temporal, workflowBundle, { ...activities, planFleet });
  const run = await worker.start('benchmarkFleet', []);
  await eventually(
    () => ssh.started.map(({ serverId }) => serverId),
    (started) => started.includes(second)
  );
  return { worker, run, ssh, connect, end };
}

const signalsOf = async (handle: WorkflowHandle): Promise<number> => {
  const { events } = await handle.fetchHistory();
  return events!.filter(({ workflowExecutionSignaledEventAttributes: signal }) => signal).length;
};

test('a server that takes long to connect lends its place, and waits for its turn', async () => {
  const { worker, run, ssh, connect, end } = await startOnePlace('away-1', 'away-2');
  expect(await signalsOf(run)).toBe(1);
  connect.resolve();
  await eventually(
    () => signalsOf(run),
    (signals) => signals === 2
  );
  expect(ssh.started.map(({ serverId }) => serverId)).toEqual(['away-2']);
  end.resolve();
  const report = (await run.result()) as FleetReport;
  expect(report.servers.map(({ serverId, verdict }) => [serverId, verdict])).toEqual([
    ['away-1', 'measured'],
    ['away-2', 'measured'],
  ]);
  expect(ssh.maxJobs.atOnce).toBe(1);
  await worker.stop();
});

test('a run that is cancelled while a server waits for its place starts nothing on it', async () => {
  const { worker, run, ssh, connect } = await startOnePlace('cancelled-1', 'cancelled-2');
  connect.resolve();
  await eventually(
    () => signalsOf(run),
    (signals) => signals === 2
  );
  await run.cancel();
  await expect(run.result()).rejects.toThrow('Workflow execution cancelled');
  const report = (await run.describe()).memo!['report'] as FleetReport;
  expect(report.servers.map(({ verdict }) => verdict)).toEqual(['cancelled', 'cancelled']);
  expect(ssh.started.map(({ serverId }) => serverId)).toEqual(['cancelled-2']);
  await worker.stop();
});

/** Resets a run to its first workflow task, or to its last one. */
async function reset(run: WorkflowHandle, to: 'first' | 'last'): Promise<void> {
  const { runId } = await run.describe();
  const { events } = await run.fetchHistory();
  const tasks = events!.filter((event) => event.workflowTaskCompletedEventAttributes);
  await temporal.client.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId: run.workflowId, runId },
    workflowTaskFinishEventId: tasks.at(to === 'first' ? 0 : -1)!.eventId!,
    requestId: randomUUID(),
    reason: 'test',
  });
}

test('a server that has lent its place gets one from its run after a reset', async () => {
  const { worker, run, ssh, connect, end } = await startOnePlace('reset-1', 'reset-2');
  await reset(run, 'last');
  connect.resolve();
  const now = temporal.client.workflow.getHandle(run.workflowId);
  await eventually(
    () => signalsOf(now),
    (signals) => signals === 2
  );
  expect(ssh.started.map(({ serverId }) => serverId)).toEqual(['reset-2']);
  end.resolve();
  expect(((await now.result()) as FleetReport).counts).toMatchObject({ measured: 2 });
  expect(ssh.maxJobs.atOnce).toBe(1);
  await worker.stop();
});

test('a server whose run is gone does not wait for a place', async () => {
  const { worker, run, connect, end } = await startOnePlace('gone-1', 'gone-2');
  await reset(run, 'first');
  const { workflow } = temporal.client;
  await workflow.getHandle(run.workflowId).terminate();
  connect.resolve();
  expect(await workflow.getHandle('server/gone-1').result()).toMatchObject({ verdict: 'measured' });
  end.resolve();
  await workflow.getHandle('server/gone-2').result();
  await worker.stop();
});

test('a server that gets no place for half its time is an error, which says which run gave none', async () => {
  const { worker, run, ssh, connect, end } = await startOnePlace('limit-1', 'limit-2', 50_000);
  connect.resolve();
  const server = temporal.client.workflow.getHandle('server/limit-1');
  await expect(server.result()).rejects.toMatchObject({
    cause: {
      type: 'TimedOut',
      message: expect.stringContaining(`the run ${run.workflowId} gave it no place within 25s`),
    },
  });
  end.resolve();
  expect(((await run.result()) as FleetReport).counts).toMatchObject({ error: 1, measured: 1 });
  expect(ssh.started.map(({ serverId }) => serverId)).toEqual(['limit-2']);
  await worker.stop();
});

test('a server that is looked at again after a long wait keeps its place meanwhile', async () => {
  const { worker, run, ssh, connect, end } = await startOnePlace('again-1', 'again-2');
  connect.resolve();
  const server = temporal.client.workflow.getHandle('server/again-1');
  const began = await eventually(
    () => signalsOf(run).then((signals) => signals === 2 && Date.now()),
    (since) => since !== false
  );
  await eventually(
    () => Date.now() - Number(began),
    (waitedMs) => waitedMs > 31_000
  );
  end.resolve();
  expect(((await run.result()) as FleetReport).counts).toMatchObject({ measured: 2 });
  const history = await server.fetchHistory();
  const activities = history.events!.map((event) => event.activityTaskScheduledEventAttributes?.activityType?.name);
  // The first one is the one without its place. A local activity could lend the place again.
  expect(activities.filter((name) => name === 'prepareServer')).toHaveLength(2);
  expect(await signalsOf(run)).toBe(2);
  expect(ssh.maxJobs.atOnce).toBe(1);
  await expect(Worker.runReplayHistory({ workflowBundle }, history, server.workflowId)).resolves.toBeUndefined();
  await worker.stop();
});

test('a signal that names no server of the run, or nothing at all, changes nothing', async () => {
  const { worker, run, ssh, connect, end } = await startOnePlace('forged-1', 'forged-2');
  for (const message of [
    null,
    'server/forged-2',
    { server: 7, isWanted: 'no' },
    { server: 'server/other', isWanted: true },
  ])
    await run.signal('place', message);
  connect.resolve();
  end.resolve();
  expect(((await run.result()) as FleetReport).counts).toMatchObject({ measured: 2 });
  expect(ssh.maxJobs.atOnce).toBe(1);
  await worker.stop();
});

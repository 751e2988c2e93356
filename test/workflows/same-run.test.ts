import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createActivities } from '../../src/activities/index.ts';
import type { DetachedJobs, GuardRequest } from '../../src/domain/jobs/job.ts';
import type { FleetReport } from '../../src/domain/reports/fleet-report.ts';
import { readHolder, type GuardHolder } from '../../src/domain/servers/guard.ts';
import { configurationOf } from '../support/configuration.ts';
import { deferred } from '../support/deferred.ts';
import { eventually } from '../support/processes.ts';
import { connectionTo, scriptedSsh, type ScriptedSsh } from '../support/scripted-ssh.ts';
import { bundle, startTemporal, startWorker, type TestWorker } from '../support/temporal.ts';

let temporal: TestWorkflowEnvironment;
let workflowBundle: Awaited<ReturnType<typeof bundle>>;
beforeAll(async () => {
  [temporal, workflowBundle] = await Promise.all([startTemporal(), bundle()]);
});
afterAll(async () => temporal?.teardown());

type Answer = (holder: GuardHolder | null) => GuardHolder | null;
const asItIs: Answer = (holder) => holder;

/** One machine with one guard, which its first server takes. @param answers - changes what the machine says of its guard */
function oneMachine(answers: { take?: Answer; look?: Answer } = {}) {
  const { take = asItIs, look = asItIs } = answers;
  const hold = deferred();
  let owner: GuardRequest | null = null;
  const looks: string[] = [];
  const holderFor = ({ runId }: GuardRequest): GuardHolder | null =>
    owner === null || owner.runId === runId ? null : readHolder(owner.runId, owner.holder);
  const guards: Pick<DetachedJobs, 'takeGuard' | 'lookAtGuard'> = {
    takeGuard: async (request) => {
      owner ??= request;
      return take(holderFor(request));
    },
    lookAtGuard: async (request) => {
      looks.push(request.serverId);
      return look(holderFor(request));
    },
  };
  const scripted = scriptedSsh(
    async () => {
      await hold.promise;
      return 'score: 7';
    },
    undefined,
    () => Promise.resolve(connectionTo('one'))
  );
  const ssh: ScriptedSsh = { ...scripted, jobs: { ...scripted.jobs, ...guards } };
  return { ssh, looks, free: () => hold.resolve() };
}

type Machine = ReturnType<typeof oneMachine>;

async function withWorker(servers: string[], machine: Machine, body: (worker: TestWorker) => Promise<void>) {
  const configuration = async () => configurationOf({ servers });
  const worker = await startWorker(temporal, workflowBundle, createActivities({ configuration, ssh: machine.ssh }));
  try {
    await body(worker);
  } finally {
    machine.free();
    await worker.stop();
  }
}

/** The report of a run, whose job ends when the other servers have ended. */
async function reportOf(worker: TestWorker, machine: Machine, limit: string[]): Promise<FleetReport> {
  const handle = await worker.start('benchmarkFleet', [{ limit }]);
  await eventually(
    () => handle.query<{ ended: number }, [number]>('progress', 0),
    ({ ended }) => ended >= limit.length - 1
  );
  machine.free();
  return (await handle.result()) as FleetReport;
}

test('the second id of a machine is skipped while the same run measures the first', async () => {
  const machine = oneMachine();
  await withWorker(['one-1', 'one-2'], machine, async (worker) => {
    const report = await reportOf(worker, machine, ['one-1', 'one-2']);
    expect(report).toMatchObject({ counts: { measured: 1, skip: 1, busy: 0, error: 0 }, errored: [] });
    const skipped = report.servers.find(({ verdict }) => verdict === 'skip')!;
    const other = report.servers.find((row) => row !== skipped)!;
    expect(skipped).toMatchObject({ reason: `the same machine as ${other.serverId}`, error: null });
    expect(machine.ssh.started).toHaveLength(1);
  });
});

test('a machine that another run measures is busy, under any id', async () => {
  const machine = oneMachine();
  await withWorker(['two-1', 'two-2'], machine, async (worker) => {
    const first = await worker.start('benchmarkFleet', [{ limit: ['two-1'] }]);
    await eventually(
      () => machine.ssh.started.length,
      (count) => count === 1
    );
    const second = (await (await worker.start('benchmarkFleet', [{ limit: ['two-2'] }])).result()) as FleetReport;
    expect(second.servers[0]).toMatchObject({ verdict: 'busy', error: { type: 'ServerBusy' } });
    expect(second.servers[0]!.error!.message).toContain(`measuring this server: ${first.workflowId} (server/two-1)`);
    machine.free();
    await first.result();
  });
});

test('a guard that only says that it belongs to this run is not believed', async () => {
  const unknown = '00000000-0000-4000-8000-000000000000';
  const machine = oneMachine({ take: (holder) => holder && { ...holder, runId: unknown } });
  await withWorker(['said-1', 'said-2'], machine, async (worker) => {
    const report = await reportOf(worker, machine, ['said-1', 'said-2']);
    expect(report.counts).toMatchObject({ measured: 1, skip: 0, busy: 1 });
  });
});

test('a machine that the other id has given up meanwhile is busy: it may not be measured at all', async () => {
  const machine = oneMachine({ look: () => null });
  await withWorker(['gone-1', 'gone-2'], machine, async (worker) => {
    const report = await reportOf(worker, machine, ['gone-1', 'gone-2']);
    expect(report.counts).toMatchObject({ measured: 1, skip: 0, busy: 1 });
    expect(machine.looks).toHaveLength(1);
  });
});

import type { WorkflowHandle } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createActivities } from '../../src/activities/index.ts';
import type { FleetProgress } from '../../src/domain/reports/fleet-progress.ts';
import type { FleetReport } from '../../src/domain/reports/fleet-report.ts';
import type { Results } from '../../src/domain/records/records.ts';
import { readRecords } from '../../src/cli/runs/report-extras.ts';
import { htmlReport } from '../../src/reports/html/html-report.ts';
import { jsonText } from '../../src/reports/runs/json.ts';
import { textReport } from '../../src/reports/runs/text.ts';
import { keepStore } from '../../src/store/kept-store.ts';
import { openStore, type ResultsStore } from '../../src/store/open-store.ts';
import { contentOf } from '../store/stores.ts';
import { configurationOf } from '../support/configuration.ts';
import { deferred } from '../support/deferred.ts';
import { eventually } from '../support/processes.ts';
import { scriptedSsh, type Script } from '../support/scripted-ssh.ts';
import { bundle, startTemporal, startWorker, type TestWorker } from '../support/temporal.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let temporal: TestWorkflowEnvironment;
let workflowBundle: Awaited<ReturnType<typeof bundle>>;
beforeAll(async () => {
  [temporal, workflowBundle] = await Promise.all([startTemporal(), bundle()]);
});
afterAll(async () => temporal?.teardown());

interface Recorded {
  worker: TestWorker;
  file: string;
  start(...args: unknown[]): Promise<WorkflowHandle>;
  /** Reads from the store. */
  read<Result>(work: (store: ResultsStore) => Promise<Result>): Promise<Result>;
  stop(): Promise<void>;
}

/** A worker with an SQLite file for its results. `around` can change what the activities see of it. */
async function withStore(
  servers: string[],
  script: Script,
  around: (results: Results) => Partial<Results> = () => ({}),
  maxParallel = 5
): Promise<Recorded> {
  const file = join(temporaryFolder('results'), 'results.db');
  const kept = keepStore(async () => ({ address: { kind: 'sqlite', file }, keepMs: null }));
  const configuration = configurationOf({ servers, maxParallel, expect: { 'cpu.score': { min: 50 } } });
  const ssh = scriptedSsh(script);
  const results = { ...kept, ...around(kept) };
  const activities = createActivities({ configuration: async () => configuration, ssh, results });
  const worker = await startWorker(temporal, workflowBundle, activities);
  return {
    ...{ worker, file },
    start: (...args) => worker.start('benchmarkFleet', args),
    async read(work) {
      const store = await openStore({ kind: 'sqlite', file });
      return work(store).finally(() => store.close());
    },
    async stop() {
      await worker.stop();
      await kept.close();
    },
  };
}

const score: Script = ({ serverId }) => `score: ${serverId.endsWith('2') ? 12 : 80}`;

async function eventsOf(handle: WorkflowHandle): Promise<string[]> {
  const { events } = await handle.fetchHistory();
  return events!.flatMap((event) => {
    const marker = event.markerRecordedEventAttributes;
    const { activityType } = event.activityTaskScheduledEventAttributes ?? {};
    return marker ? [`marker ${marker.markerName}`] : activityType ? [`activity ${activityType.name}`] : [];
  });
}

test('a run is kept: its report byte for byte, with samples and outputs', async () => {
  const { start, read, stop, file } = await withStore(['kept-1', 'kept-2', 'kept-3'], score);
  const handle = await start({ note: 'nightly' });
  const report = (await handle.result()) as FleetReport;
  const stored = await read((store) => store.readReport('last'));
  expect('report' in stored && jsonText(stored.report)).toBe(jsonText(report));
  expect('report' in stored && textReport(stored.report)).toBe(textReport(report));
  expect(await read((store) => store.listRuns({ limit: 5, since: null, failed: true }))).toMatchObject([
    { run: handle.workflowId, note: 'nightly', schedule: null, requested: 3, counts: { pass: 2, fail: 1 } },
  ]);
  const { measurements, outputs } = await contentOf({ kind: 'sqlite', file });
  expect(measurements).toMatchObject([
    { server_id: 'kept-1', metric: 'cpu.score', median: 80, samples: '[80]', limit_min: 50 },
    { server_id: 'kept-2', median: 12 },
    { server_id: 'kept-3', median: 80 },
  ]);
  expect(outputs).toHaveLength(3);
  await stop();
});

test('the output of a command that fails is kept, also the largest one, and is in the HTML report', async () => {
  const stderr = 'Xid 79: GPU has fallen off the bus\n';
  const { start, read, stop } = await withStore(['crashed-1', 'crashed-2'], ({ serverId }) =>
    // A control character takes six bytes of JSON.
    serverId === 'crashed-1'
      ? { exitCode: 3, stdout: 'line 1\n', stderr }
      : { exitCode: 3, stdout: '\u0001'.repeat(50_000) }
  );
  const report = (await (await start()).result()) as FleetReport;
  expect(report.servers.map(({ error }) => error?.type)).toEqual(['BenchmarkCrashed', 'BenchmarkCrashed']);
  const { outputs } = await read((store) => readRecords(store, report));
  const [short, long] = outputs!.map(({ text }) => text!) as [string, string];
  expect(short).toBe(`line 1\n\n${stderr}`);
  expect(long.length).toBeGreaterThan(15_900);
  const html = htmlReport(report, { outputs: outputs! });
  expect(html).toMatch(
    /<summary>Raw output of cpu: [^<]*<\/summary><pre tabindex="0">line 1\n\nXid 79: GPU has fallen/
  );
  await stop();
});

test('a run without a store needs no event for it; with one, a marker for each server and an activity for the run', async () => {
  const configured = [false, true];
  const events: string[][][] = [];
  for (const isConfigured of configured) {
    const id = isConfigured ? 'events-1' : 'events-3';
    const { start, stop } = await withStore([id], score, () => ({ isConfigured: async () => isConfigured }));
    const handle = await start();
    await handle.result();
    const child = temporal.client.workflow.getHandle(`server/${id}`);
    events.push([await eventsOf(handle), await eventsOf(child)]);
    const history = await handle.fetchHistory();
    await expect(Worker.runReplayHistory({ workflowBundle }, history, handle.workflowId)).resolves.toBeUndefined();
    await stop();
  }
  const [[run, server], [runWith, serverWith]] = events as [string[][], string[][]];
  expect(runWith).toEqual([...run!, 'activity recordRun']);
  expect(serverWith).toEqual([...server!, 'marker core_local_activity']);
});

test('a check is not kept', async () => {
  const { start, stop, file } = await withStore(['checked-1'], score);
  await (await start({ checkOnly: true })).result();
  expect(existsSync(file)).toBe(false);
  await stop();
});

test('a server whose store is away lends its place and says what it waits for; nothing is lost', async () => {
  let isAway = true;
  const { start, stop, read } = await withStore(
    ['away-1', 'away-2'],
    score,
    (results) => ({
      startRun: () => Promise.reject(new Error('the database is away')),
      recordServer: (record) =>
        isAway ? Promise.reject(new Error('the database is away')) : results.recordServer(record),
    }),
    1
  );
  const handle = await start();
  const child = temporal.client.workflow.getHandle('server/away-1');
  // The second server is measured although the first one has not ended, and there is one place.
  await eventually(
    () => detailsOf('server/away-2'),
    (text) => text.includes('waiting for the results store: the database is away')
  );
  expect(await detailsOf('server/away-1')).toContain('waiting for the results store: the database is away');
  expect((await child.describe()).status.name).toBe('RUNNING');
  isAway = false;
  const report = (await handle.result()) as FleetReport;
  expect(report.counts).toMatchObject({ pass: 1, fail: 1 });
  const stored = await read((store) => store.readReport('last'));
  expect('report' in stored && jsonText(stored.report)).toBe(jsonText(report));
  await stop();
});

test('a run ends when its results are safe, and says meanwhile that it waits for the store', async () => {
  let isAway = true;
  const { start, stop, read } = await withStore(['ends-1', 'ends-2'], score, (results) => ({
    async recordRun(record) {
      if (isAway) throw new Error('the database is away');
      return results.recordRun(record);
    },
  }));
  const handle = await start();
  const progress = await eventually(
    () => handle.query<FleetProgress>('progress'),
    ({ storingSince }) => storingSince !== undefined
  );
  expect(progress).toMatchObject({ ended: 2, running: [] });
  expect(await detailsOf(handle.workflowId)).toContain('waiting for the results store');
  expect((await handle.describe()).status.name).toBe('RUNNING');
  isAway = false;
  const report = (await handle.result()) as FleetReport;
  const stored = await read((store) => store.readReport('last'));
  expect('report' in stored && jsonText(stored.report)).toBe(jsonText(report));
  expect(await detailsOf(handle.workflowId)).not.toContain('waiting');
  await stop();
});

test('a store that is slow is not written twice at the same time: only a lost worker is noticed soon', async () => {
  const { start, stop } = await withStore(['slow-1'], score);
  const handle = await start();
  await handle.result();
  const { events } = await handle.fetchHistory();
  const writes = events!.flatMap(({ activityTaskScheduledEventAttributes: each }) =>
    each?.activityType?.name === 'recordRun' ? each : []
  );
  const seconds = writes.map(({ startToCloseTimeout, heartbeatTimeout }) =>
    [startToCloseTimeout, heartbeatTimeout].map((each) => Number(each!.seconds))
  );
  expect(seconds).toEqual([[900, 60]]);
  await stop();
});

test('a row that the store has lost meanwhile is written by the run', async () => {
  const { start, stop, read } = await withStore(['lost-1', 'lost-2'], score, (results) => ({
    recordServer: async (record) => (record.row.serverId === 'lost-1' ? undefined : results.recordServer(record)),
  }));
  const report = (await (await start()).result()) as FleetReport;
  const stored = await read((store) => store.readReport('last'));
  expect('report' in stored && jsonText(stored.report)).toBe(jsonText(report));
  await stop();
});

test('a cancelled run is kept, with the servers that were not reached', async () => {
  const started = deferred();
  const { start, stop, read } = await withStore(
    ['cancelled-store-1', 'cancelled-store-2'],
    () => {
      started.resolve();
      return new Promise(() => undefined);
    },
    undefined,
    1
  );
  const handle = await start();
  await started.promise;
  await handle.cancel();
  await expect(handle.result()).rejects.toThrow('Workflow execution cancelled');
  const report = (await handle.describe()).memo!['report'] as FleetReport;
  const stored = await read((store) => store.readReport('last'));
  expect('report' in stored && jsonText(stored.report)).toBe(jsonText(report));
  expect(report.counts).toMatchObject({ cancelled: 1, not_reached: 1 });
  const [listed] = await read((store) => store.listRuns({ limit: 1, since: null, failed: false }));
  expect(listed).toMatchObject({ isCancelled: true });
  await stop();
});

test('a run is listed from its start', async () => {
  const [started, end] = [deferred(), deferred()];
  const { start, stop, read } = await withStore(['listed-1', 'listed-2'], async () => {
    started.resolve();
    await end.promise;
    return 'score: 80';
  });
  const handle = await start({ note: 'early' });
  await started.promise;
  const [listed] = await read((store) => store.listRuns({ limit: 1, since: null, failed: false }));
  expect(listed).toMatchObject({ run: handle.workflowId, note: 'early', endedAt: null, requested: 2 });
  end.resolve();
  await handle.result();
  await stop();
});

test('a run that a schedule starts has its name', async () => {
  const { stop, read, worker } = await withStore(['scheduled-1'], score);
  const schedule = await temporal.client.schedule.create({
    scheduleId: 'nightly',
    spec: {},
    action: { type: 'startWorkflow', workflowType: 'benchmarkFleet', taskQueue: worker.taskQueue, workflowId: 'fleet' },
  });
  await schedule.trigger();
  const listed = await eventually(
    () => read((store) => store.listRuns({ limit: 1, since: null, failed: false })),
    ([run]) => typeof run?.endedAt === 'string'
  );
  expect(listed).toMatchObject([{ schedule: 'nightly', counts: { pass: 1 } }]);
  await schedule.delete();
  await stop();
});

async function detailsOf(workflowId: string): Promise<string> {
  const handle = temporal.client.workflow.getHandle(workflowId);
  const { currentDetails } = await handle
    .query<{ currentDetails: string }>('__temporal_workflow_metadata')
    .catch(() => ({ currentDetails: '' }));
  return currentDetails;
}

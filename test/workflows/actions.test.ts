import type { WorkflowHandle } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createActionRunner } from '../../src/actions/action-runner.ts';
import { createActivities } from '../../src/activities/index.ts';
import type { ActionSettings } from '../../src/domain/actions/action.ts';
import type { Results } from '../../src/domain/records/records.ts';
import type { FleetReport } from '../../src/domain/reports/fleet-report.ts';
import { jsonText } from '../../src/reports/runs/json.ts';
import { keepStore } from '../../src/store/kept-store.ts';
import { openStore, type ResultsStore } from '../../src/store/open-store.ts';
import { deferred } from '../support/deferred.ts';
import { startFaultProxy } from '../support/fault-proxy.ts';
import { eventually, processesWith } from '../support/processes.ts';
import type { FleetProgress } from '../../src/domain/reports/fleet-progress.ts';
import { textsIn } from '../end-to-end/histories.ts';
import { configurationOf } from '../support/configuration.ts';
import { startReceiver, type Received } from '../support/receiver.ts';
import { connectionTo, scriptedSsh } from '../support/scripted-ssh.ts';
import { bundle, startTemporal, startWorker } from '../support/temporal.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { isSigned, SECRET } from '../support/signed.ts';

let temporal: TestWorkflowEnvironment;
let workflowBundle: Awaited<ReturnType<typeof bundle>>;
beforeAll(async () => {
  process.env['ACTIONS_TEST_SECRET'] = SECRET;
  [temporal, workflowBundle] = await Promise.all([startTemporal(), bundle()]);
});
afterAll(async () => temporal?.teardown());

const defaults = { per: 'run', asServersEnd: false, limit: null, dryRun: false } as const;

function webhook(url: string, changed: Partial<ActionSettings> = {}): ActionSettings {
  const does = { kind: 'webhook', url, secret: { env: 'ACTIONS_TEST_SECRET' } } as const;
  return { ...defaults, name: 'page', verdicts: ['fail'], onRecovery: true, does, ...changed };
}

/** Writes `undo? server verdict change` for each call into a file. */
function command(file: string, changed: Partial<ActionSettings> = {}, exit = 0): ActionSettings {
  const program = (word: string) => [
    '/bin/sh',
    '-c',
    `echo "${word} $FLEETMARK_SERVER $FLEETMARK_VERDICT $FLEETMARK_CHANGE" >> "$1"; exit ${exit}`,
    'sh',
    file,
  ];
  const does = { kind: 'command', command: program('drain'), undo: program('undrain'), timeoutMs: 10_000 } as const;
  const own = { name: 'drain', verdicts: ['fail'], onRecovery: true, per: 'server' } as const;
  return { ...defaults, ...own, does, ...changed };
}

/** An action whose command is this script; `$1` is the file. */
function scriptAction(file: string, script: string, timeoutMs = 60_000): ActionSettings {
  const argv = ['/bin/sh', '-c', script, 'sh', file];
  return command(file, { does: { kind: 'command', command: argv, undo: null, timeoutMs } });
}

interface Fleet {
  scores: Record<string, number>;
  actions: ActionSettings[];
  start(input?: object): Promise<WorkflowHandle>;
  run(input?: object): Promise<FleetReport>;
  /** The number of jobs that have started. */
  started(): number;
  /** Stops the worker; another one goes on, with these workflows. */
  replaceWorker(workflows?: typeof workflowBundle): Promise<void>;
  read<Result>(work: (store: ResultsStore) => Promise<Result>): Promise<Result>;
  stop(): Promise<void>;
}

/** A fleet with a store, whose scores and actions a test changes between runs. A score below 50 fails. */
async function startFleet(
  scores: Record<string, number>,
  actions: ActionSettings[],
  until: (request: { serverId: string }) => Promise<void> | undefined = () => undefined,
  claimed: () => Promise<void> | undefined = () => undefined,
  { oneMachine = false, where = temporal }: { oneMachine?: boolean; where?: Parameters<typeof startWorker>[0] } = {}
): Promise<Fleet> {
  const file = join(temporaryFolder('actions'), 'results.db');
  const kept = keepStore(async () => ({ address: { kind: 'sqlite', file }, keepMs: null }));
  const fleet = { scores, actions };
  const configuration = async () =>
    configurationOf({
      servers: Object.keys(scores),
      maxParallel: oneMachine ? Object.keys(scores).length : 1,
      expect: { 'cpu.score': { min: 50 } },
      actions: fleet.actions,
    });
  const ssh = scriptedSsh(
    async (request) => {
      await until(request);
      return `score: ${fleet.scores[request.serverId]}`;
    },
    undefined,
    ({ serverId }) => Promise.resolve(connectionTo(oneMachine ? 'one' : serverId))
  );
  const runner = createActionRunner(configuration);
  const results: Results = {
    ...kept,
    async claimActions(...about) {
      const claims = await kept.claimActions(...about);
      await claimed();
      return claims;
    },
  };
  const activities = createActivities({ configuration, ssh, results, actions: runner });
  let worker = await startWorker(where, workflowBundle, activities);
  const start = (input: object = {}) => worker.start('benchmarkFleet', [input]);
  return Object.assign(fleet, {
    start,
    run: async (input?: object) => (await (await start(input)).result()) as FleetReport,
    started: () => ssh.started.length,
    async replaceWorker(workflows = workflowBundle) {
      await worker.stop();
      worker = await startWorker(where, workflows, activities, worker.taskQueue);
    },
    async read<Result>(work: (store: ResultsStore) => Promise<Result>) {
      const store = await openStore({ kind: 'sqlite', file });
      return work(store).finally(() => store.close());
    },
    async stop() {
      await worker.stop();
      await kept.close();
    },
  });
}

function holding(): [held: Promise<void>, release: () => void] {
  const { promise, resolve } = deferred();
  return [promise, resolve];
}

interface Body {
  data: { id: string; servers: { serverId: string; change: string; verdict: string }[] };
}

const bodyOf = ({ body }: Received): Body['data'] => (JSON.parse(body) as Body).data;

test('a message is sent until it is accepted, always the same with one id, and the report says so', async () => {
  const answers = [500, 500, 'drop'] as const;
  const receiver = await startReceiver((index) => answers[index] ?? 204);
  const fleet = await startFleet({ 'sent-1': 80, 'sent-2': 12 }, [webhook(receiver.url)]);
  const handle = await fleet.start({ note: 'nightly' });
  const report = (await handle.result()) as FleetReport;
  const received = await receiver.receives(4);
  expect(received).toHaveLength(4);
  expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  expect(new Set(received.map(({ body }) => body)).size).toBe(1);
  expect(received.every(isSigned)).toBe(true);
  expect(bodyOf(received[0]!)).toMatchObject({
    ...{ id: received[0]!.headers['webhook-id'], run: report.run, note: 'nightly', action: 'page' },
    servers: [{ serverId: 'sent-2', change: 'failed', verdict: 'fail', shortfalls: [{ measured: 12, expected: 50 }] }],
  });
  expect(report.actions).toEqual([
    { action: 'page', change: 'failed', state: 'done', message: null, servers: ['sent-2'] },
  ]);
  const stored = await fleet.read((store) => store.readReport('last'));
  expect('report' in stored && jsonText(stored.report)).toBe(jsonText(report));
  const history = await handle.fetchHistory();
  await expect(Worker.runReplayHistory({ workflowBundle }, history, handle.workflowId)).resolves.toBeUndefined();
  const kept = textsIn(history).join('\n');
  expect(kept).toContain('"action":"page"');
  for (const secret of [SECRET, 'T0KEN', 'ACTIONS_TEST_SECRET']) expect(kept).not.toContain(secret);
  await fleet.stop();
  await receiver.stop();
});

test('only a change is told: a server that newly fails, and once it passes again', async () => {
  const receiver = await startReceiver();
  const fleet = await startFleet({ 'told-1': 12, 'told-2': 80 }, [webhook(receiver.url)]);
  const told: string[][] = [];
  for (const [first, second] of [
    [12, 80],
    [12, 80],
    [12, 12],
    [80, 12],
    [80, 12],
  ] as const) {
    fleet.scores = { 'told-1': first, 'told-2': second };
    const before = receiver.received.length;
    await fleet.run();
    const messages = receiver.received.slice(before).map(bodyOf);
    told.push(messages.flatMap(({ servers }) => servers.map(({ serverId, change }) => `${serverId} ${change}`)));
  }
  expect(told).toEqual([['told-1 failed'], [], ['told-2 failed'], ['told-1 recovered'], []]);
  await fleet.stop();
  await receiver.stop();
});

/** A command whose calls are lines of a file: `drain told-1 fail failed`. */
function drainFile(): { file: string; calls(): string[] } {
  const file = join(temporaryFolder('calls'), 'calls');
  const read = (): string => {
    try {
      return readFileSync(file, 'utf8');
    } catch {
      return '';
    }
  };
  return { file, calls: () => read().split('\n').slice(0, -1).sort() };
}

test('an undo is called for servers that the same action has drained, and for no others', async () => {
  const [own, other] = [drainFile(), drainFile()];
  const fleet = await startFleet({ 'undo-1': 12, 'undo-2': 80 }, [command(own.file)]);
  await fleet.run();
  // The other action is new: it did not drain undo-1, which passes now.
  fleet.actions = [command(own.file), command(other.file, { name: 'other' })];
  fleet.scores = { 'undo-1': 80, 'undo-2': 12 };
  await fleet.run();
  expect(own.calls()).toEqual([
    'drain undo-1 fail failed',
    'drain undo-2 fail failed',
    'undrain undo-1 pass recovered',
  ]);
  expect(other.calls()).toEqual(['drain undo-2 fail failed']);
  await fleet.stop();
});

test('a command that fails is called again by the next run, and not undone; verdicts stay', async () => {
  const { file, calls } = drainFile();
  const fleet = await startFleet({ 'again-1': 12 }, [command(file, {}, 3)]);
  const report = await fleet.run();
  expect(report.counts).toMatchObject({ fail: 1 });
  expect(report.actions).toMatchObject([
    { state: 'failed', message: '/bin/sh failed with status 3', servers: ['again-1'] },
  ]);
  expect(calls()).toHaveLength(3); // attempts
  fleet.scores = { 'again-1': 80 };
  expect((await fleet.run()).actions).toBeUndefined();
  fleet.scores = { 'again-1': 12 };
  fleet.actions = [command(file)];
  expect((await fleet.run()).actions).toMatchObject([{ state: 'done' }]);
  expect(calls()).toHaveLength(4);
  await fleet.stop();
});

test('a command whose worker is stopped is ended, and run again by another worker', async () => {
  const { file, calls } = drainFile();
  const script = `echo "drain $FLEETMARK_CALL" >> "$1"; [ "$(wc -l < "$1")" -gt 1 ] || sleep 300`;
  const fleet = await startFleet({ 'stop-1': 12 }, [scriptAction(file, script)]);
  const handle = await fleet.start();
  await eventually(
    async () => calls(),
    ({ length }) => length === 1
  );
  await fleet.replaceWorker();
  const report = (await handle.result()) as FleetReport;
  expect(report.actions).toMatchObject([{ state: 'done', servers: ['stop-1'] }]);
  expect(calls()).toHaveLength(2);
  expect(new Set(calls()).size).toBe(1);
  await fleet.stop();
});

test('a command may fail three times, however often its worker was stopped before', async () => {
  const { file, calls } = drainFile();
  const script = `echo "drain $FLEETMARK_CALL" >> "$1"; [ "$(wc -l < "$1")" -gt 2 ] || sleep 300; exit 3`;
  const fleet = await startFleet({ 'stops-1': 12 }, [scriptAction(file, script)]);
  const handle = await fleet.start();
  for (const stops of [1, 2]) {
    await eventually(
      async () => calls(),
      ({ length }) => length === stops
    );
    await fleet.replaceWorker();
  }
  const report = (await handle.result()) as FleetReport;
  expect(report.actions).toMatchObject([{ state: 'failed', message: '/bin/sh failed with status 3' }]);
  expect(calls()).toHaveLength(5);
  await fleet.stop();
});

test('a command ends with its run when that is terminated', async () => {
  const { file, calls } = drainFile();
  const script = `echo drain >> "$1"; sleep 300; :`;
  const fleet = await startFleet({ 'terminated-1': 12 }, [scriptAction(file, script, 600_000)]);
  const handle = await fleet.start();
  await eventually(
    async () => calls(),
    ({ length }) => length === 1
  );
  expect(processesWith(file)).not.toEqual([]);
  await handle.terminate();
  await eventually(
    () => processesWith(file),
    (left) => left.length === 0
  );
  await fleet.stop();
});

/** How long Temporal is away: longer than the SDK tries to tell it how an activity has ended. */
const AWAY_MS = 15_000;

test('a command that ends while Temporal is away runs once', async () => {
  const { file, calls } = drainFile();
  const [host, port] = temporal.address.split(':') as [string, string];
  const proxy = await startFaultProxy('127.0.0.1', { host, port: Number(port) });
  const nativeConnection = await NativeConnection.connect({ address: `127.0.0.1:${proxy.port}` });
  const script = `echo began >> "$1"; until [ -e "$1.end" ]; do sleep 0.1; done; echo ended >> "$1"`;
  const where = { client: temporal.client, nativeConnection };
  const fleet = await startFleet({ 'away-1': 12 }, [scriptAction(file, script)], undefined, undefined, { where });
  const handle = await fleet.start();
  const lines = (count: number) =>
    eventually(
      async () => calls(),
      ({ length }) => length === count
    );
  await lines(1);
  proxy.refuse();
  proxy.reset();
  writeFileSync(`${file}.end`, '');
  await lines(2);
  await delay(AWAY_MS);
  proxy.pass();
  const report = (await handle.result()) as FleetReport;
  expect(report.actions).toMatchObject([{ state: 'done', servers: ['away-1'] }]);
  expect(calls()).toEqual(['began', 'ended']);
  await fleet.stop();
  await nativeConnection.close();
  await proxy.close();
});

test('above the limit of a class nothing is done in it, the servers drained before included', async () => {
  const { file, calls } = drainFile();
  const ids = ['cap-1', 'cap-2', 'cap-3', 'cap-4'];
  const all = (scores: number[]) => Object.fromEntries(ids.map((id, index) => [id, scores[index]!]));
  const fleet = await startFleet(all([12, 12, 12, 80]), [command(file, { limit: { share: 0.5 } })]);
  const message = 'it would have acted on 3 of 4 servers of class default; the limit is 50 %, which is 2';
  const held = { action: 'drain', change: 'failed', state: 'held_back', message };
  expect((await fleet.run()).actions).toEqual([{ ...held, servers: ['cap-1', 'cap-2', 'cap-3'] }]);
  expect(calls()).toEqual([]);
  fleet.scores = all([12, 12, 80, 80]);
  expect((await fleet.run()).actions).toMatchObject([{ state: 'done', servers: ['cap-1', 'cap-2'] }]);
  fleet.scores = all([12, 12, 80, 12]);
  expect((await fleet.run()).actions).toEqual([{ ...held, servers: ['cap-4'] }]);
  // A run of one server counts the others, too.
  expect((await fleet.run({ limit: ['cap-4'] })).actions).toEqual([{ ...held, servers: ['cap-4'] }]);
  expect(calls()).toHaveLength(2);
  await fleet.stop();
});

test('a dry run calls nothing and remembers nothing, and a measurement or a check has no actions', async () => {
  const { file, calls } = drainFile();
  const fleet = await startFleet({ 'dry-1': 12 }, [command(file, { dryRun: true })]);
  const expected = [{ action: 'drain', change: 'failed', state: 'dry_run', message: null, servers: ['dry-1'] }];
  expect((await fleet.run()).actions).toEqual(expected);
  expect((await fleet.run()).actions).toEqual(expected);
  fleet.actions = [command(file)];
  expect((await fleet.run({ measureOnly: true })).actions).toBeUndefined();
  expect((await fleet.run({ checkOnly: true })).actions).toBeUndefined();
  expect(calls()).toEqual([]);
  await fleet.stop();
});

test('a call as servers end does not wait for the run, and is not repeated at its end', async () => {
  const receiver = await startReceiver();
  const early = webhook(receiver.url, { per: 'server', asServersEnd: true });
  const [held, release] = holding();
  const fleet = await startFleet({ 'early-1': 12, 'early-2': 80 }, [early], ({ serverId }) =>
    serverId === 'early-2' ? held : undefined
  );
  const handle = await fleet.start();
  const [message] = await receiver.receives(1);
  expect(bodyOf(message!).servers).toMatchObject([{ serverId: 'early-1' }]);
  expect((await handle.describe()).status.name).toBe('RUNNING');
  release();
  const report = (await handle.result()) as FleetReport;
  expect(report.actions).toMatchObject([{ state: 'done', servers: ['early-1'] }]);
  expect(receiver.received).toHaveLength(1);
  await fleet.stop();
  await receiver.stop();
});

test('a server is not told as failed if another id of its machine ends in the same workflow task', async () => {
  const receiver = await startReceiver();
  const early = webhook(receiver.url, { per: 'server', asServersEnd: true });
  const [held, release] = holding();
  const ids = ['together-1', 'together-2'];
  const scores = Object.fromEntries(ids.map((id) => [id, 12]));
  const fleet = await startFleet(scores, [early], () => held, undefined, { oneMachine: true });
  const handle = await fleet.start();
  await eventually(
    () => fleet.started(),
    (started) => started === 2
  );
  // This worker does not know the run, so that the servers end while the run cannot continue.
  await fleet.replaceWorker(await bundle('src/workflows/benchmark-server.ts'));
  release();
  const servers = ids.map((id) => temporal.client.workflow.getHandle(`server/${id}`));
  await Promise.all(servers.map((server) => expect(server.result()).rejects.toThrow('Workflow execution failed')));
  await fleet.replaceWorker();
  const report = (await handle.result()) as FleetReport;
  const final = await handle.query<FleetProgress>('progress');
  expect(report).toMatchObject({ failed: [], errored: ids });
  expect(final.rows.map(({ verdict }) => verdict)).toEqual(['error', 'error']);
  expect(receiver.received.map((each) => bodyOf(each).servers)).toEqual([]);
  await fleet.stop();
  await receiver.stop();
});

test('a cancelled run calls no action; the next one tells what it has found', async () => {
  const receiver = await startReceiver();
  const [held, release] = holding();
  const fleet = await startFleet({ 'cut-1': 12, 'cut-2': 80 }, [webhook(receiver.url)], ({ serverId }) =>
    serverId === 'cut-2' ? held : undefined
  );
  const handle = await fleet.start();
  await eventually(
    () => handle.query<FleetProgress>('progress'),
    ({ ended }) => ended === 1
  );
  await handle.cancel();
  await expect(handle.result()).rejects.toThrow('cancelled');
  expect(receiver.received).toEqual([]);
  release();
  await fleet.run();
  expect(bodyOf(receiver.received[0]!).servers).toMatchObject([{ serverId: 'cut-1' }]);
  await fleet.stop();
  await receiver.stop();
});

test('a run that is cancelled between deciding and calling calls no action, and the next one does', async () => {
  const receiver = await startReceiver();
  const [[held, release], [decided, tellDecided]] = [holding(), holding()];
  const claimed = (): Promise<void> => {
    tellDecided();
    return held;
  };
  const fleet = await startFleet({ 'between-1': 12 }, [webhook(receiver.url)], undefined, claimed);
  const handle = await fleet.start();
  await decided;
  await handle.cancel();
  release();
  await expect(handle.result()).rejects.toThrow('cancelled');
  expect(receiver.received).toEqual([]);
  await fleet.run();
  expect(receiver.received.map((each) => bodyOf(each).servers)).toMatchObject([[{ serverId: 'between-1' }]]);
  await fleet.stop();
  await receiver.stop();
});

test('an action without its secret refuses the run before it starts', async () => {
  const action = webhook('http://127.0.0.1:9/');
  const lost = webhook('http://127.0.0.1:9/', {
    does: { ...action.does, secret: { env: 'ACTIONS_TEST_MISSING' } } as never,
  });
  const fleet = await startFleet({ 'refused-1': 80 }, [lost]);
  await expect(fleet.run()).rejects.toMatchObject({
    cause: { type: 'InvalidConfig', message: expect.stringContaining('ACTIONS_TEST_MISSING is not set') },
  });
  await fleet.stop();
});

import type { WorkflowHandle } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createActionRunner } from '../../src/actions/action-runner.ts';
import { createActivities } from '../../src/activities/index.ts';
import type { ActionSettings } from '../../src/domain/actions/action.ts';
import type { FleetReport } from '../../src/domain/reports/fleet-report.ts';
import { jsonText } from '../../src/reports/runs/json.ts';
import { keepStore } from '../../src/store/kept-store.ts';
import { openStore, type ResultsStore } from '../../src/store/open-store.ts';
import { configurationOf } from '../support/configuration.ts';
import { startReceiver, type Received } from '../support/receiver.ts';
import { scriptedSsh } from '../support/scripted-ssh.ts';
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

export function webhook(url: string, changed: Partial<ActionSettings> = {}): ActionSettings {
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

interface Fleet {
  scores: Record<string, number>;
  actions: ActionSettings[];
  start(input?: object): Promise<WorkflowHandle>;
  run(input?: object): Promise<FleetReport>;
  read<Result>(work: (store: ResultsStore) => Promise<Result>): Promise<Result>;
  stop(): Promise<void>;
}

/** A fleet with a store, whose scores and actions a test changes between runs. A score below 50 fails. */
async function startFleet(scores: Record<string, number>, actions: ActionSettings[]): Promise<Fleet> {
  const file = join(temporaryFolder('actions'), 'results.db');
  const kept = keepStore(async () => ({ address: { kind: 'sqlite', file }, keepMs: null }));
  const fleet = { scores, actions };
  const configuration = async () =>
    configurationOf({ servers: Object.keys(scores), expect: { 'cpu.score': { min: 50 } }, actions: fleet.actions });
  const ssh = scriptedSsh(({ serverId }) => `score: ${fleet.scores[serverId]}`);
  const runner = createActionRunner(configuration);
  const activities = createActivities({ configuration, ssh, results: kept, actions: runner });
  const worker = await startWorker(temporal, workflowBundle, activities);
  const start = (input: object = {}) => worker.start('benchmarkFleet', [input]);
  return Object.assign(fleet, {
    start,
    run: async (input?: object) => (await (await start(input)).result()) as FleetReport,
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

interface Body {
  data: { id: string; servers: { serverId: string; change: string; verdict: string }[] };
}

const bodyOf = ({ body }: Received): Body['data'] => (JSON.parse(body) as Body).data;

test('a message is sent until it is accepted, always the same with one id, and the report says so', async () => {
  const answers = [500, 'drop', 503] as const;
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
  expect(JSON.stringify(history)).not.toContain(SECRET);
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

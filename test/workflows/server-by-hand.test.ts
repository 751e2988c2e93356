import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createActivities } from '../../src/activities/index.ts';
import type { Results } from '../../src/domain/records/records.ts';
import type { ServerRow } from '../../src/domain/verdicts/server-row.ts';
import { keepStore } from '../../src/store/kept-store.ts';
import { openStore, type ResultsStore } from '../../src/store/open-store.ts';
import { contentOf } from '../store/stores.ts';
import { configurationOf } from '../support/configuration.ts';
import { deferred } from '../support/deferred.ts';
import { scriptedSsh, type Script } from '../support/scripted-ssh.ts';
import { bundle, startTemporal, startWorker, type TestWorker } from '../support/temporal.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let temporal: TestWorkflowEnvironment;
let workflowBundle: Awaited<ReturnType<typeof bundle>>;
beforeAll(async () => {
  [temporal, workflowBundle] = await Promise.all([startTemporal(), bundle()]);
});
afterAll(async () => temporal?.teardown());

interface ByHand {
  worker: TestWorker;
  file: string;
  read<Result>(work: (store: ResultsStore) => Promise<Result>): Promise<Result>;
}

/** A worker with an SQLite file for its results. */
async function withStore(
  serverId: string,
  script: Script,
  body: (kept: ByHand) => Promise<void>,
  around: Partial<Results> = {}
): Promise<void> {
  const file = join(temporaryFolder('results'), 'results.db');
  const results = keepStore(async () => ({ address: { kind: 'sqlite', file }, keepMs: null }));
  const configuration = configurationOf({ servers: [serverId], expect: { 'cpu.score': { min: 50 } } });
  const given = { configuration: async () => configuration, ssh: scriptedSsh(script) };
  const worker = await startWorker(
    temporal,
    workflowBundle,
    createActivities({ ...given, results: { ...results, ...around } })
  );
  const read: ByHand['read'] = async (work) => {
    const store = await openStore({ kind: 'sqlite', file });
    return work(store).finally(() => store.close());
  };
  try {
    await body({ worker, file, read });
  } finally {
    await worker.stop();
    await results.close();
  }
}

const all = { limit: 10, since: null, failed: false };

test('a server that is started by hand is a run of its own, with its samples, under the id of the workflow', async () => {
  await withStore(
    'hand-1',
    () => 'score: 80',
    async ({ worker, read, file }) => {
      const handle = await worker.start('benchmarkServer', [{ serverId: 'hand-1' }], 'by-hand');
      const row = (await handle.result()) as ServerRow;
      expect(await read((store) => store.readReport('by-hand'))).toMatchObject({
        hasEnded: true,
        report: {
          ...{ run: 'by-hand', requested: 1, counts: { pass: 1 }, servers: [row] },
          selection: { limit: ['hand-1'] },
          settings: { benchmarks: ['cpu'], maxParallel: 1 },
        },
      });
      const { measurements, outputs } = await contentOf({ kind: 'sqlite', file });
      expect([measurements, outputs]).toMatchObject([[{ samples: '[80]' }], [{ benchmark: 'cpu' }]]);
      expect((await read((store) => store.history('hand-1', all))).runs).toMatchObject([{ run: 'by-hand' }]);
      const history = await handle.fetchHistory();
      await expect(Worker.runReplayHistory({ workflowBundle }, history, 'by-hand')).resolves.toBeUndefined();
    }
  );
});

test('a server that fails, started under the id of its mutex, is kept with its verdict', async () => {
  await withStore(
    'hand-2',
    () => 'score: 12',
    async ({ worker, read, file }) => {
      const handle = await worker.start('benchmarkServer', [{ serverId: 'hand-2' }], 'server/hand-2');
      await expect(handle.result()).rejects.toThrow();
      expect(await read((store) => store.listRuns({ ...all, failed: true }))).toMatchObject([
        { run: 'server/hand-2', requested: 1, counts: { fail: 1 }, endedAt: expect.any(String) },
      ]);
      expect((await contentOf({ kind: 'sqlite', file }))['measurements']).toHaveLength(1);
    }
  );
});

test('a server that is busy, and one that is cancelled, end as runs too', async () => {
  const started = deferred();
  await withStore(
    'hand-3',
    () => {
      started.resolve();
      return new Promise(() => undefined);
    },
    async ({ worker, read }) => {
      const holder = await worker.start('benchmarkServer', [{ serverId: 'hand-3' }], 'holder');
      await started.promise;
      const second = await worker.start('benchmarkServer', [{ serverId: 'hand-3' }], 'second');
      await expect(second.result()).rejects.toThrow();
      await holder.cancel();
      await expect(holder.result()).rejects.toThrow();
      expect(await read((store) => store.listRuns(all))).toMatchObject([
        { run: 'second', counts: { busy: 1 }, isCancelled: false },
        { run: 'holder', counts: { cancelled: 1 }, isCancelled: true },
      ]);
    }
  );
});

test('without a store, a check, or an input that is refused keeps nothing', async () => {
  await withStore(
    'hand-4',
    () => 'score: 80',
    async ({ worker, file }) => {
      await (await worker.start('benchmarkServer', [{ serverId: 'hand-4', checkOnly: true }])).result();
      for (const input of [{ serverId: 'hand-5' }, { serverId: 'hand-4', benchmark: 'cpu' }]) {
        await expect((await worker.start('benchmarkServer', [input])).result()).rejects.toThrow();
      }
      expect(existsSync(file)).toBe(false);
    }
  );
  await withStore(
    'hand-4',
    () => 'score: 80',
    async ({ worker, file }) => {
      await (await worker.start('benchmarkServer', [{ serverId: 'hand-4' }])).result();
      expect(existsSync(file)).toBe(false);
    },
    { isConfigured: async () => false }
  );
});

test('a server whose store is away ends when its result is safe', async () => {
  let writes = 0;
  await withStore(
    'hand-6',
    () => 'score: 80',
    async ({ worker, read }) => {
      await (await worker.start('benchmarkServer', [{ serverId: 'hand-6' }], 'late')).result();
      expect(writes).toBe(2);
      expect(await read((store) => store.readReport('late'))).toMatchObject({ hasEnded: true });
    },
    {
      startRun: () => Promise.reject(new Error('the database is away')),
      recordServer: () => (writes++ === 0 ? Promise.reject(new Error('the database is away')) : Promise.resolve()),
    }
  );
});

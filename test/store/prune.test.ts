import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sql } from 'kysely';
import { openStore } from '../../src/store/open-store.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import type { StoreAddress } from '../../src/store/store-address.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { runNumber, writeRun } from './fill-store.ts';
import { sampleServer } from './sample-records.ts';
import { contentOf, onEachStore } from './stores.ts';

const none = { run: 'none', temporalRunId: 'none' };

onEachStore('removing old runs', (newStore) => {
  test('lets another connection write meanwhile', async () => {
    const address = await newStore();
    for (const number of [0, 1, 2, 3]) await writeRun(address, runNumber(number), 20, number);
    const [store, other] = [await openStore(address), await openStore(address)];
    const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
    const about = { run: 'now', temporalRunId: 'now', runStartedAt: new Date().toISOString() };
    const writing = ids.map((serverId) => other.recordServer({ ...sampleServer(serverId), ...about }));
    const [removed] = await Promise.all([store.prune(0, { run: 'now', temporalRunId: 'now' }), ...writing]);
    expect(removed).toBe(4);
    await Promise.all([store.close(), other.close()]);
    const { servers, measurements, outputs } = await contentOf(address);
    expect([servers, measurements, outputs].map((rows) => rows!.length)).toEqual([6, 6, 6]);
  });
});

test('an SQLite file uses the space of removed runs again', async () => {
  const address: StoreAddress = { kind: 'sqlite', file: join(temporaryFolder('store'), 'results.db') };
  for (const number of [0, 1]) await writeRun(address, runNumber(number), 50, number);
  const before = await pagesOf(address.file);
  for (const number of [2, 3, 4]) {
    const store = await openStore(address);
    const between = Date.parse(runNumber(number - 1).startedAt) - 30 * 60_000; // runs are an hour apart
    expect(await store.prune(Date.now() - between, none)).toBe(1);
    await store.close();
    await writeRun(address, runNumber(number), 50, number);
  }
  expect(await pagesOf(address.file)).toBeLessThanOrEqual(before * 1.05);
});

async function pagesOf(file: string): Promise<number> {
  const { db, close } = openSqlite(file, false);
  const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(db);
  await close();
  return rows[0]!.page_count;
}

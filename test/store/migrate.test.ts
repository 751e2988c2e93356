import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { sql, type Kysely, type Migration } from 'kysely';
import { jsonText } from '../../src/reports/runs/json.ts';
import { migrate } from '../../src/store/migrate.ts';
import { migrations } from '../../src/store/migrations.ts';
import { openStore } from '../../src/store/open-store.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import type { StoreAddress } from '../../src/store/store-address.ts';
import { UnusableStore } from '../../src/store/store-error.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { key as sampleKey, sampleServer } from './sample-records.ts';
import { openDatabase } from './open-database.ts';
import { contentOf, onEachStore } from './stores.ts';

const later: Migration = {
  up: (db: Kysely<unknown>) => db.schema.alterTable('runs').addColumn('colour', 'text').execute(),
};
const fails: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('runs').addColumn('size', 'text').execute();
    throw new Error('this migration fails');
  },
};

const firstSchema = join(import.meta.dirname, '../fixtures/store/schema-001');

async function loadFirstSchema(address: StoreAddress): Promise<void> {
  if (address.kind === 'sqlite') return cpSync(`${firstSchema}.db`, address.file);
  const client = new pg.Client({ connectionString: address.url });
  await client.connect();
  await client.query(readFileSync(`${firstSchema}.sql`, 'utf8'));
  await client.end();
}

async function migrateTo(address: StoreAddress, more: Record<string, Migration>): Promise<void> {
  const database = await openDatabase(address);
  const wanted = { ...migrations(address.kind), ...more };
  const file = address.kind === 'sqlite' ? address.file : null;
  await migrate(database, 'the store', file, wanted).finally(() => database.close());
}

onEachStore('the schema of a store', (newStore) => {
  test('is made once by processes that start at the same time', async () => {
    const address = await newStore();
    const stores = await Promise.all([1, 2, 3, 4].map(() => openStore(address)));
    await Promise.all(stores.map((store, index) => store.recordServer(sampleServer(`web-${index}`))));
    expect((await stores[0]!.listRuns({ limit: 1, since: null, failed: false }))[0]!.counts.pass).toBe(4);
    await Promise.all(stores.map((store) => store.close()));
  });

  test('of a newer fleetmark is refused by name, and not changed', async () => {
    const address = await newStore();
    await (await openStore(address)).close();
    await migrateTo(address, { '003': later });
    // Not an error of the configuration file, which a person would be asked to correct.
    const refused: unknown = await openStore(address).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(UnusableStore);
    expect((refused as Error).message).toMatch(/^The results store .* belongs to a newer fleetmark \(schema 003\)/);
    await migrateTo(address, { '003': later });
  });

  test('stays as it was if a migration fails, and the next start tries again', async () => {
    const address = await newStore();
    const store = await openStore(address);
    await store.recordServer(sampleServer('web-1'));
    await store.close();
    await expect(migrateTo(address, { '003': fails })).rejects.toThrow('this migration fails');
    const again = await openStore(address);
    expect((await again.listRuns({ limit: 1, since: null, failed: false }))[0]!.counts.pass).toBe(1);
    await again.close();
    await migrateTo(address, { '003': later });
  });
});

onEachStore('a store that the first version wrote', (newStore) => {
  test('has the same report, and all of its rows unchanged, after every later migration', async () => {
    const address = await newStore();
    await loadFirstSchema(address);
    const before = await contentOf(address);
    const store = await openStore(address);
    const read = await store.readReport('last');
    expect('report' in read && jsonText(read.report)).toBe(readFileSync(`${firstSchema}.json`, 'utf8'));
    const { runs } = await store.history('web-1', { limit: 5, since: null });
    expect(runs).toHaveLength(1);
    await store.recordServer(sampleServer('web-1', 8_000, { run: 'later', temporalRunId: 'later' }));
    await store.close();
    const after = await contentOf(address);
    expect(Object.values(before).map((rows) => rows.length)).toEqual([1, 2, 2, 2]);
    for (const [table, rows] of Object.entries(before)) {
      const named = after[table]!.filter((row) => JSON.stringify(row).includes(sampleKey.run)); // columns may be added
      expect(named).toMatchObject(rows as object[]);
    }
  });
});

describe('an SQLite file', () => {
  test('is copied before a migration changes it, and only then', async () => {
    const file = join(temporaryFolder('store'), 'results.db');
    const store = await openStore({ kind: 'sqlite', file });
    await store.recordServer(sampleServer('web-1'));
    expect(existsSync(`${file}.before-001`)).toBe(false);
    await migrateTo({ kind: 'sqlite', file }, { '003': later });
    await store.close();
    const copy = await openStore({ kind: 'sqlite', file: `${file}.before-003` });
    expect((await copy.listRuns({ limit: 1, since: null, failed: false }))[0]!.counts.pass).toBe(1);
    await copy.close();
    const { db, close } = openSqlite(file, false);
    expect((await sql<{ colour: null }>`select colour from runs`.execute(db)).rows).toEqual([{ colour: null }]);
    await close();
  });
});

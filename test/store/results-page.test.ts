import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CompiledQuery } from 'kysely';
import { openStore } from '../../src/store/open-store.ts';
import { sampleEnd, sampleServer } from './sample-records.ts';
import { openDatabase } from './open-database.ts';
import { onEachStore } from './stores.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/results.md'), 'utf8');
const queries = [...page.matchAll(/```sql\n(.*?)```/gs)].map(([, text]) => text!);

/** The columns of each table, as the page lists them. */
const tables = new Map(
  [...page.matchAll(/^## (\w+): one row.*?\n(.*?)(?=\n## |\n`fleetmark_migrations`)/gms)].map(([, name, text]) => {
    const cells = [...text!.matchAll(/^\| (`.*?) +\|/gm)].map(([, cell]) => cell!);
    return [name!, cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, column]) => column!))];
  })
);

onEachStore('docs/results.md', (newStore) => {
  test('names every column of every table, and no other', async () => {
    const address = await newStore();
    await (await openStore(address)).close();
    const { db, close } = await openDatabase(address);
    const all = await db.introspection.getTables();
    const found = all.filter(({ name }) => !name.startsWith('fleetmark_migrations'));
    await close();
    expect([...tables.keys()].sort()).toEqual(found.map(({ name }) => name).sort());
    for (const { name, columns } of found)
      expect(tables.get(name)!.sort()).toEqual(columns.map((column) => column.name).sort());
  });

  test('has five queries that run, and find what they say', async () => {
    const address = await newStore();
    const store = await openStore(address);
    for (const [day, events] of [
      ['28', 8_000],
      ['29', 5_000],
    ] as const) {
      const about = { run: `nightly-${day}`, temporalRunId: day, startedAt: `2026-11-${day}T02:00:00.000Z` };
      const { startedAt: runStartedAt, ...key } = about;
      const servers = [sampleServer('web-7', events, key), sampleServer('web-8', 8_000, key)];
      for (const server of servers) await store.recordServer({ ...server, runStartedAt });
      await store.recordRun(
        sampleEnd(
          servers.map(({ row }) => row),
          [],
          about
        )
      );
    }
    await store.close();
    const { db, close } = await openDatabase(address);
    const results = [];
    for (const query of queries) results.push((await db.executeQuery(CompiledQuery.raw(query))).rows);
    await close();
    expect(results).toMatchObject([
      [{ server_id: 'web-7' }],
      [
        { median: 8_000, limit_min: 7_200 },
        { median: 5_000, limit_min: 7_200 },
      ],
      [{ mean: 8_000 }, { mean: 6_500, lowest: 5_000, highest: 8_000 }],
      [{ server_id: 'web-7' }],
      [],
    ]);
  });
});

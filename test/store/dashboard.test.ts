import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CompiledQuery } from 'kysely';
import { openStore } from '../../src/store/open-store.ts';
import type { StoreAddress } from '../../src/store/store-address.ts';
import { postgresPrograms, startPostgres } from '../support/postgres.ts';
import { sampleEnd, sampleServer } from './sample-records.ts';
import { openDatabase } from './open-database.ts';

type Row = Record<string, unknown>;

interface Dashboard {
  templating: { list: { type: string; query: string }[] };
  panels: { title: string; targets: { rawSql: string; format: string }[] }[];
}

const file = join(import.meta.dirname, '../../examples/grafana/fleetmark-postgres.json');
const { panels, templating } = JSON.parse(readFileSync(file, 'utf8')) as Dashboard;

/** As Grafana fills in its variables and macros. */
function filledIn(sql: string): string {
  const range = "BETWEEN '2026-11-01T00:00:00Z' AND '2026-12-01T00:00:00Z'";
  return sql.replaceAll('$metric', 'cpu.events_per_second').replaceAll(/\$__timeFilter\((.*?\))\)/g, `$1 ${range}`);
}

/** A run of two servers, one of which failed. */
async function recordRun(address: StoreAddress): Promise<void> {
  const store = await openStore(address);
  const about = { run: 'nightly', temporalRunId: '29', startedAt: '2026-11-29T02:00:00.000Z' };
  const { startedAt: runStartedAt, ...key } = about;
  const servers = [sampleServer('web-7', 5_000, key), sampleServer('web-8', 8_000, key)];
  for (const server of servers) await store.recordServer({ ...server, runStartedAt });
  const rows = servers.map(({ row }) => row);
  await store.recordRun(sampleEnd(rows, [], about));
  await store.close();
}

test.skipIf(postgresPrograms === null)('the queries of the dashboard find a run in a real PostgreSQL', async () => {
  const server = await startPostgres();
  const address = { kind: 'postgres', url: await server.createDatabase(), password: null } as const;
  await recordRun(address);
  const { db, close } = await openDatabase(address);
  const ask = async (sql: string): Promise<Row[]> => (await db.executeQuery<Row>(CompiledQuery.raw(sql))).rows;
  const found = new Map<string, Row[]>();
  const timeTypes = new Set<unknown>();
  for (const { title, targets } of panels) {
    const [{ rawSql, format }] = targets as [{ rawSql: string; format: string }];
    const sql = filledIn(rawSql);
    found.set(title, await ask(sql));
    if (format === 'time_series') for (const row of await ask(typeOfTime(sql))) timeTypes.add(row['type']);
  }
  const variables = await ask(templating.list.find(({ type }) => type === 'query')!.query);
  await close();
  await server.stop('immediate');

  const empty = [...found].filter(([, rows]) => rows.length === 0).map(([title]) => title);
  expect(empty).toEqual(['Why servers could not be judged']);
  expect([...timeTypes]).toEqual(['timestamp with time zone']);
  expect(variables).toContainEqual({ metric: 'cpu.events_per_second' });
  expect(found.get('Servers by verdict, by run')).toMatchObject([{ pass: 1, fail: 1, error: 0 }]);
  expect(found.get('Last run: servers that failed or could not be judged')).toMatchObject([{ server_id: 'web-7' }]);
  const nearest = found.get('$metric: nearest to the limit in the last run')!;
  expect(nearest.map((row) => row['server_id'])).toEqual(['web-7', 'web-8']);
});

function typeOfTime(sql: string): string {
  return `select pg_typeof(q.time)::text as type from (${sql}) q`;
}

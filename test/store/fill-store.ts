/** Fills a store with many runs: a few are written as a worker writes them, and then copied within the database. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql, type RawBuilder } from 'kysely';
import type { RunKey, RunStart, ServerRecord } from '../../src/domain/records/records.ts';
import type { Database } from '../../src/store/database.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { StoreAddress } from '../../src/store/store-address.ts';
import { sampleEnd, sampleServer, sampleStart } from './sample-records.ts';
import { openDatabase } from './open-database.ts';

export type KnownRun = Pick<RunStart, keyof RunKey | 'startedAt'>;

export interface Filling {
  runs: number;
  servers: number;
  /** How many runs are written, not copied. */
  written: number;
}

/** Of one sample. */
const OUTPUT = readFileSync(join(import.meta.dirname, '../fixtures/sysbench/cpu-2-threads-10-seconds.txt'), 'utf8');

const FIRST_MS = Date.parse('2026-01-01T02:00:00.000Z');
const HOUR_MS = 60 * 60 * 1000;

/** The runs of a filled store, one an hour, from the oldest. */
export function runNumber(number: number): KnownRun {
  const digits = String(number).padStart(12, '0');
  const startedAt = new Date(FIRST_MS + number * HOUR_MS).toISOString();
  return { run: `fleet-${digits}`, temporalRunId: `0190a0b0-0000-7000-8000-${digits}`, startedAt };
}

export function serverNumber(number: number): string {
  return `web-${String(number).padStart(4, '0')}`;
}

export async function fillStore(address: StoreAddress, { runs, servers, written }: Filling): Promise<void> {
  for (let run = 0; run < Math.min(written, runs); run += 1) await writeRun(address, runNumber(run), servers, run);
  const database = await openDatabase(address);
  for (let run = written; run < runs; run += 1) await copyRun(database, runNumber(run % written), runNumber(run));
  await database.close();
}

/** As a worker does. @param seed - which values; each twentieth server fails, another one with each seed */
export async function writeRun(address: StoreAddress, run: KnownRun, servers: number, seed: number): Promise<void> {
  const ids = Array.from({ length: servers }, (_, index) => serverNumber(index + 1));
  const records = ids.map((serverId, index) => recordOf(serverId, run, index + seed));
  const store = await openStore(address);
  await store.startRun(sampleStart(ids, run));
  for (const record of records) await store.recordServer(record);
  await store.recordRun(
    sampleEnd(
      records.map(({ row }) => row),
      [],
      run
    )
  );
  await store.close();
}

function recordOf(serverId: string, run: KnownRun, value: number): ServerRecord {
  const events = value % 20 === 0 ? 6_000 + value : 8_000 + (value % 97);
  const record = sampleServer(serverId, events, run);
  const [benchmark] = record.benchmarks;
  const results = benchmark!.results.map((each) => ({ ...each, raw: OUTPUT.repeat(3) + String(events) }));
  const row = { ...record.row, startedAt: run.startedAt };
  return { ...record, runStartedAt: run.startedAt, row, benchmarks: [{ ...benchmark!, results }] };
}

/** Copies all rows of a run: the copy has the ids and the times of another one. */
export async function copyRun({ db, kind }: Database, from: KnownRun, to: KnownRun): Promise<void> {
  const found = db.selectFrom('runs').selectAll().where('temporal_run_id', '=', from.temporalRunId);
  const { id, ended_at: endedAt, report, ...run } = await found.executeTakeFirstOrThrow();
  const later = Date.parse(to.startedAt) - Date.parse(from.startedAt);
  const renamed = (['run', 'temporalRunId', 'startedAt'] as const).map((name) => [from[name], to[name]] as const);
  const values = {
    ...{ ...run, run: to.run, temporal_run_id: to.temporalRunId, started_at: to.startedAt },
    ended_at: new Date(Date.parse(endedAt!) + later).toISOString(),
    report: renamed.reduce((text, [before, after]) => text.replaceAll(before, after), report!),
  };
  const type = kind === 'sqlite' ? { time: 'text', json: 'text' } : { time: 'timestamptz', json: 'json' };
  const row = sql`replace(cast(report_row as text), ${from.startedAt}, ${to.startedAt})`;
  await db.transaction().execute(async (tx) => {
    const { id: copy } = await tx.insertInto('runs').values(values).returning('id').executeTakeFirstOrThrow();
    const changed: Record<string, RawBuilder<unknown>> = {
      run_id: sql`cast(${copy} as integer)`,
      started_at: sql`cast(${to.startedAt} as ${sql.raw(type.time)})`,
      report_row: sql`cast(${row} as ${sql.raw(type.json)})`,
    };
    for (const table of ['servers', 'measurements', 'outputs'] as const) {
      const first = await tx.selectFrom(table).selectAll().where('run_id', '=', id).limit(1).executeTakeFirstOrThrow();
      const columns = Object.keys(first);
      const selected = sql.join(columns.map((column) => changed[column] ?? sql.ref(column)));
      await sql`insert into ${sql.table(table)} (${sql.join(columns.map((each) => sql.ref(each)))})
        select ${selected} from ${sql.table(table)} where run_id = ${id}`.execute(tx);
    }
  });
}

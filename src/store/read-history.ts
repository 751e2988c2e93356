import { sql, type Kysely } from 'kysely';
import {
  serverHistory,
  type HistoryFilter,
  type ServerHistory,
  type StoredMeasurement,
  type StoredServerRun,
} from '../domain/records/server-history.ts';
import type { Better } from '../domain/measurements/measurement.ts';
import { partsOfSize } from '../domain/values/parts.ts';
import type { Verdict } from '../domain/verdicts/verdict.ts';
import { ROWS_PER_STATEMENT } from './many-rows.ts';
import { storedRow } from './stored-row.ts';
import type { Tables } from './tables.ts';

/** The last runs of a server, the newest last. */
export async function readHistory(db: Kysely<Tables>, serverId: string, filter: HistoryFilter): Promise<ServerHistory> {
  const ids = await lastRuns(db, serverId, filter);
  const runs: StoredServerRun[] = [];
  const measurements: StoredMeasurement[] = [];
  for (const some of partsOfSize(ids, ROWS_PER_STATEMENT)) {
    runs.push(...(await readRuns(db, some, serverId)));
    measurements.push(...(await readMeasurements(db, some, serverId)));
  }
  const places = new Map(ids.map((id, place) => [id, place]));
  runs.sort((a, b) => places.get(a.id)! - places.get(b.id)!);
  return serverHistory(serverId, { runs, measurements });
}

/** The numbers of the last runs of a server, the newest last; read from two indexes alone. */
async function lastRuns(db: Kysely<Tables>, serverId: string, { limit, since }: HistoryFilter): Promise<number[]> {
  let query = db
    .selectFrom('runs')
    .select('id')
    .where((is) => {
      const rows = is.selectFrom('servers').select('servers.server_id').where('servers.server_id', '=', serverId);
      return is.exists(rows.whereRef('servers.run_id', '=', 'runs.id'));
    })
    .orderBy('started_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit);
  if (since !== null) query = query.where('started_at', '>=', since);
  return (await query.execute()).map(({ id }) => id).reverse();
}

async function readRuns(db: Kysely<Tables>, ids: readonly number[], serverId: string): Promise<StoredServerRun[]> {
  const found = await db
    .selectFrom('servers')
    .innerJoin('runs', 'runs.id', 'servers.run_id')
    .where('servers.server_id', '=', serverId)
    .where('servers.run_id', 'in', ids)
    .select(['runs.id', 'runs.run', 'runs.temporal_run_id', 'runs.started_at', 'runs.ended_at', 'runs.note'])
    .select(['runs.schedule', 'servers.verdict', 'servers.report_row'])
    .execute();
  return found.map(({ id, run, note, schedule, ...row }) => ({
    ...{ id, run, temporalRunId: row.temporal_run_id, startedAt: row.started_at, hasEnded: row.ended_at !== null },
    ...{ note, schedule, verdict: row.verdict as Verdict },
    row: storedRow(row.report_row, serverId),
  }));
}

/** The measurements of these runs, of one server or of all. */
export async function readMeasurements(
  db: Kysely<Tables>,
  runIds: readonly number[],
  serverId: string | null = null
): Promise<StoredMeasurement[]> {
  let query = db
    .selectFrom('measurements')
    .select(['run_id', 'server_id', 'metric', 'unit', 'better', 'device', 'device_address', 'device_uuid'])
    .select(['median', 'spread', 'limit_min', 'limit_max'])
    .where('run_id', 'in', runIds)
    .orderBy('run_id')
    .orderBy('server_id')
    .orderBy('position');
  if (serverId !== null) query = query.where('server_id', '=', serverId);
  return (await query.execute()).map(({ metric, unit, device, better, ...row }) => ({
    ...{ runId: row.run_id, serverId: row.server_id, metric, unit, device, better: better as Better },
    ...{ address: row.device_address, uuid: row.device_uuid },
    point: { value: row.median, spread: row.spread, min: row.limit_min, max: row.limit_max },
  }));
}

/**
 * The ids of all servers. Each is found by one step in the index, where `select distinct` would read all rows.
 * @see https://wiki.postgresql.org/wiki/Loose_indexscan
 */
export async function readServerIds(db: Kysely<Tables>): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    with recursive known(id) as (
      select min(server_id) from servers
      union all
      select (select min(server_id) from servers where server_id > known.id) from known where known.id is not null
    )
    select id from known where id is not null`.execute(db);
  return rows.map(({ id }) => id);
}

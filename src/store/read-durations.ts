import type { Kysely } from 'kysely';
import type { DurationFilter } from '../domain/records/stored-runs.ts';
import { factsOf } from './report-facts.ts';
import type { Tables } from './tables.ts';

/** Runs that are looked at, and how many of them count. */
const MAX_LOOKED_AT = 50;
const MAX_RUNS = 5;

const MEASURED = ['pass', 'fail', 'measured'];

/** How long each server took the last time that these benchmarks measured it, in seconds. */
export async function readDurations(
  db: Kysely<Tables>,
  { serverIds, benchmarks }: DurationFilter
): Promise<Map<string, number>> {
  const ended = await db
    .selectFrom('runs')
    .select(['id', 'report'])
    .where('ended_at', 'is not', null)
    .orderBy('started_at', 'desc')
    .orderBy('id', 'desc')
    .limit(MAX_LOOKED_AT)
    .execute();
  const wanted = [...benchmarks].sort().join();
  const alike = ended.filter(
    ({ report }) => [...(factsOf(report).settings?.benchmarks ?? [])].sort().join() === wanted
  );
  const ids = new Set(serverIds);
  const durations = new Map<string, number>();
  for (const { id } of alike.slice(0, MAX_RUNS)) {
    const rows = await db
      .selectFrom('servers')
      .select(['server_id', 'seconds'])
      .where('run_id', '=', id)
      .where('verdict', 'in', MEASURED)
      .execute();
    for (const { server_id: serverId, seconds } of rows)
      if (seconds !== null && ids.has(serverId) && !durations.has(serverId)) durations.set(serverId, seconds);
    if (durations.size === ids.size) break;
  }
  return durations;
}

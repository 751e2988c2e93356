import type { Kysely, Selectable } from 'kysely';
import {
  isSameSelection,
  MAX_EARLIER_RUNS,
  type EarlierRuns,
  type SelectedServers,
} from '../domain/records/earlier-runs.ts';
import type { RunKey } from '../domain/records/records.ts';
import { partsOfSize } from '../domain/values/parts.ts';
import type { PreviousRun, PreviousServer } from '../domain/reports/run-changes.ts';
import type { Verdict } from '../domain/verdicts/verdict.ts';
import { ROWS_PER_STATEMENT } from './many-rows.ts';
import { factsOf } from './report-facts.ts';
import { findRunId } from './run-id.ts';
import { storable } from './storable.ts';
import { storedRow } from './stored-row.ts';
import type { Tables } from './tables.ts';

/** Among so many earlier runs without a schedule, those of the same selection are found. */
const MAX_SEARCHED = 300;

/**
 * The earlier runs of the same schedule, or without a schedule of the same limit and sample of mostly the same servers; null:
 * there is none. Cancelled runs and those that judged nothing do not count. Before a retry comes the run that it retries, with
 * the same servers only.
 */
export async function readEarlier(db: Kysely<Tables>, key: RunKey): Promise<EarlierRuns | null> {
  const id = await findRunId(db, key);
  if (id === null) return null;
  const current = await db.selectFrom('runs').select(FACTS).where('id', '=', id).executeTakeFirst();
  if (current === undefined) return null; // removed meanwhile
  const ids = await runsBefore(db, current);
  const [last] = ids;
  if (last === undefined) return null;
  const found = await readPrevious(db, last);
  const previous = factsOf(current.report).retryOf === undefined ? found : withServersOf(current, found);
  const failedBefore = new Set(previous.servers.flatMap((row) => (row.verdict === 'fail' ? row.serverId : [])));
  const stillFailing = failedIn(current.report).filter((serverId) => failedBefore.has(serverId));
  return { previous, verdicts: await verdictsOf(db, stillFailing, ids) };
}

/** The rows are read of servers that failed only: those of 1,000 servers take long. */
async function readPrevious(db: Kysely<Tables>, id: number): Promise<PreviousRun> {
  const run = await db
    .selectFrom('runs')
    .select(['run', 'temporal_run_id', 'started_at', 'server_ids', 'report'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  const ofRun = db.selectFrom('servers').where('run_id', '=', id);
  const found = await ofRun.select(['server_id', 'verdict']).execute();
  const failed = await ofRun.select(['server_id', 'report_row']).where('verdict', '=', 'fail').execute();
  const rows = new Map(failed.map(({ server_id: serverId, report_row: text }) => [serverId, text]));
  const servers = found.map(({ server_id: serverId, verdict }): PreviousServer => {
    const row = storedRow(rows.get(serverId) ?? null, serverId);
    return { serverId, verdict: verdict as Verdict, benchmarks: row?.benchmarks ?? [] };
  });
  const order = new Map((idsIn(run.server_ids) ?? []).map((serverId, index) => [serverId, index]));
  servers.sort((a, b) => (order.get(a.serverId) ?? 0) - (order.get(b.serverId) ?? 0));
  const { selection } = factsOf(run.report);
  const about = { run: run.run, temporalRunId: run.temporal_run_id, startedAt: run.started_at };
  return { ...about, ...(selection && { selection }), servers };
}

const FACTS = ['id', 'started_at', 'schedule', 'server_ids', 'report'] as const;

type Current = Pick<Selectable<Tables['runs']>, (typeof FACTS)[number]>;

/** The latest first; a retry follows the run that it retries. */
async function runsBefore(db: Kysely<Tables>, current: Current, max = MAX_EARLIER_RUNS): Promise<number[]> {
  const retried = max === 0 ? null : await retriedRun(db, current);
  if (retried === null) return (await earlierRuns(db, current)).slice(0, max);
  return [retried.id, ...(await runsBefore(db, retried, max - 1))];
}

/** The run that a run retries, whatever it selected and however it ended; null: none, or it was removed. */
async function retriedRun(db: Kysely<Tables>, { started_at: start, report }: Current): Promise<Current | null> {
  const { retryOf } = factsOf(report);
  if (retryOf === undefined) return null;
  const found = await db
    .selectFrom('runs')
    .select(FACTS)
    .where('run', '=', storable(retryOf))
    .where('started_at', '<', start)
    .orderBy('started_at', 'desc')
    .executeTakeFirst();
  return found ?? null;
}

/** A retry chose only some servers: the others are not missing in it. */
function withServersOf({ server_ids: text }: Current, previous: PreviousRun): PreviousRun {
  const serverIds = new Set(idsIn(text));
  return { ...previous, servers: previous.servers.filter(({ serverId }) => serverIds.has(serverId)) };
}

/** The latest first. */
async function earlierRuns(db: Kysely<Tables>, current: Current): Promise<number[]> {
  const { id, started_at: start, schedule } = current;
  let query = db
    .selectFrom('runs')
    .select(['id', 'report', 'server_ids'])
    .where('ended_at', 'is not', null)
    .where((is) => is.or([is('is_cancelled', '=', 0), is('is_cancelled', 'is', null)]))
    .where((is) => is.or([is('pass', '>', 0), is('fail', '>', 0), is('error', '>', 0)]))
    .where((is) => is.or([is('started_at', '<', start), is.and([is('started_at', '=', start), is('id', '<', id)])]))
    .orderBy('started_at', 'desc')
    .orderBy('id', 'desc');
  query =
    schedule === null
      ? query.where('schedule', 'is', null).limit(MAX_SEARCHED)
      : query.where('schedule', '=', schedule).limit(MAX_EARLIER_RUNS);
  const found = await query.execute();
  const servers = selectedIn(current);
  const same = schedule === null ? found.filter((run) => isSameSelection(selectedIn(run), servers)) : found;
  return same.slice(0, MAX_EARLIER_RUNS).map((run) => run.id);
}

function selectedIn({ report, server_ids: ids }: Pick<Current, 'report' | 'server_ids'>): SelectedServers {
  return { selection: factsOf(report).selection, serverIds: idsIn(ids) };
}

function idsIn(ids: string | null): string[] | null {
  return ids === null ? null : (JSON.parse(ids) as string[]);
}

function failedIn(report: string | null): string[] {
  return factsOf(report).failed ?? [];
}

async function verdictsOf(
  db: Kysely<Tables>,
  serverIds: readonly string[],
  runIds: readonly number[]
): Promise<Map<string, Verdict[]>> {
  const places = new Map(runIds.map((id, place) => [id, place]));
  const byServer = new Map<string, Verdict[]>();
  for (const some of partsOfSize(serverIds, ROWS_PER_STATEMENT)) {
    const rows = await db
      .selectFrom('servers')
      .select(['run_id', 'server_id', 'verdict'])
      .where('server_id', 'in', some)
      .where('run_id', 'in', runIds)
      .execute();
    rows.sort((a, b) => places.get(a.run_id)! - places.get(b.run_id)!);
    for (const { server_id: serverId, verdict } of rows) {
      const verdicts = byServer.get(serverId);
      if (verdicts) verdicts.push(verdict as Verdict);
      else byServer.set(serverId, [verdict as Verdict]);
    }
  }
  return byServer;
}

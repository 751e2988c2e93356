import type { Kysely } from 'kysely';
import type { ComparableRun } from '../domain/records/compare-runs.ts';
import { RUN_NOT_ENDED } from '../domain/reports/unfinished-report.ts';
import { countVerdicts, type Verdict } from '../domain/verdicts/verdict.ts';
import { readMeasurements } from './read-history.ts';
import type { Tables } from './tables.ts';

/** What a comparison needs of a run. If it has not ended, its other servers are `not_reached`, as in its report. */
export async function readComparable(db: Kysely<Tables>, id: number): Promise<ComparableRun> {
  const run = await db
    .selectFrom('runs')
    .select(['run', 'temporal_run_id', 'started_at', 'ended_at', 'note', 'server_ids'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  const rows = await db
    .selectFrom('servers')
    .select(['server_id', 'verdict', 'hardware_class', 'reason', 'error_type'])
    .where('run_id', '=', id)
    .orderBy('server_id')
    .execute();
  const known = rows.map((row) => ({
    ...{ serverId: row.server_id, verdict: row.verdict as Verdict, hardwareClass: row.hardware_class },
    reason: row.reason ?? row.error_type,
  }));
  const hasEnded = run.ended_at !== null;
  const servers = [
    ...known,
    ...(hasEnded ? [] : notReached(run.server_ids, new Set(known.map((each) => each.serverId)))),
  ];
  const about = { run: run.run, temporalRunId: run.temporal_run_id, startedAt: run.started_at, note: run.note };
  const counts = countVerdicts(servers.map(({ verdict }) => verdict));
  const measurements = await readMeasurements(db, [id]);
  return { about: { ...about, hasEnded, counts }, servers, measurements };
}

function notReached(serverIds: string | null, known: ReadonlySet<string>): ComparableRun['servers'] {
  const left = (JSON.parse(serverIds ?? '[]') as string[]).filter((serverId) => !known.has(serverId));
  return left.map((serverId) => ({ serverId, verdict: 'not_reached', hardwareClass: null, reason: RUN_NOT_ENDED }));
}

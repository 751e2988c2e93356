import type { Kysely } from 'kysely';
import type { ListedRun, RunFilter } from '../domain/records/stored-runs.ts';
import { countVerdicts, verdicts, type Verdict, type VerdictCounts } from '../domain/verdicts/verdict.ts';
import { factsOf } from './report-facts.ts';
import type { Tables } from './tables.ts';

/** The last runs, the latest first. */
export async function listRuns(db: Kysely<Tables>, { limit, since, failed }: RunFilter): Promise<ListedRun[]> {
  let query = db
    .selectFrom('runs')
    .select(['id', 'run', 'temporal_run_id', 'started_at', 'ended_at', 'seconds', 'is_cancelled'])
    .select(['note', 'schedule', 'requested', 'report', ...verdicts])
    .orderBy('started_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit);
  if (since !== null) query = query.where('started_at', '>=', since);
  if (failed) {
    query = query.where((is) => {
      const bad = is.selectFrom('servers').select('run_id').whereRef('run_id', '=', 'runs.id');
      const soFar = is.exists(bad.where('verdict', 'in', ['fail', 'error']));
      return is.or([is('fail', '>', 0), is('error', '>', 0), is.and([is('ended_at', 'is', null), soFar])]);
    });
  }
  const listed: ListedRun[] = [];
  for (const row of await query.execute()) {
    const { run, started_at: startedAt, ended_at: endedAt, seconds, note, schedule, requested } = row;
    const counts = endedAt === null ? await countsSoFar(db, row.id) : countsIn(row);
    const { retryOf = null } = factsOf(row.report);
    const isCancelled = row.is_cancelled === 1;
    const about = { run, temporalRunId: row.temporal_run_id, startedAt, endedAt, seconds, isCancelled };
    listed.push({ ...about, note, schedule, retryOf, requested, counts });
  }
  return listed;
}

function countsIn(row: Record<Verdict, number | null>): VerdictCounts {
  return Object.fromEntries(verdicts.map((verdict) => [verdict, row[verdict] ?? 0])) as VerdictCounts;
}

async function countsSoFar(db: Kysely<Tables>, runId: number): Promise<VerdictCounts> {
  const rows = await db.selectFrom('servers').select('verdict').where('run_id', '=', runId).execute();
  return countVerdicts(rows.map(({ verdict }) => verdict as Verdict));
}

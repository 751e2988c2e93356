import type { Kysely } from 'kysely';
import { storedRow } from './stored-row.ts';
import { matchRuns, runsBack, type RunIdentity } from '../domain/records/match-run.ts';
import type { StoredReport } from '../domain/records/stored-runs.ts';
import { withoutDuplicateMessages } from '../domain/reports/duplicate-messages.ts';
import type { FleetReport } from '../domain/reports/fleet-report.ts';
import { unfinishedReport } from '../domain/reports/unfinished-report.ts';
import type { ServerRow } from '../domain/verdicts/server-row.ts';
import type { Tables } from './tables.ts';

/** A word that names a run is looked up among this many. */
const MAX_RUNS = 20_000;

interface FoundRun extends RunIdentity {
  id: number;
  startedAt: string;
}

/** The runs that a word means, as in {@link matchRuns}. */
export async function findRuns(db: Kysely<Tables>, word: string): Promise<FoundRun[]> {
  const back = runsBack(word);
  const ended = back === null ? [] : await lastRuns(db, back + 1, true);
  return matchRuns(word, ended.length > 0 ? ended : await lastRuns(db, back === null ? MAX_RUNS : back + 1, false));
}

/** The latest first. */
async function lastRuns(db: Kysely<Tables>, limit: number, haveEnded: boolean): Promise<FoundRun[]> {
  const rows = await db
    .selectFrom('runs')
    .select(['id', 'run', 'temporal_run_id', 'schedule', 'started_at', 'ended_at'])
    .$if(haveEnded, (query) => query.where('ended_at', 'is not', null))
    .orderBy('started_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(({ id, run, schedule, ...row }) => {
    const { temporal_run_id: temporalRunId, started_at: startedAt, ended_at: endedAt } = row;
    return { id, run, schedule, temporalRunId, startedAt, hasEnded: endedAt !== null };
  });
}

/** The report of a run: after its end the same as the run returned, with complete rows. Before it, {@link unfinishedReport}. */
export async function readReport(db: Kysely<Tables>, id: number): Promise<StoredReport> {
  const run = await db.selectFrom('runs').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  const rows = await readRows(db, id);
  const serverIds = run.server_ids === null ? [...rows.keys()] : (JSON.parse(run.server_ids) as string[]);
  const { schedule } = run;
  if (run.report !== null) {
    const report = JSON.parse(run.report) as Omit<FleetReport, 'servers'>;
    const servers = serverIds.flatMap((serverId) => rows.get(serverId) ?? []);
    return { report: { ...report, servers: servers.map(withoutDuplicateMessages) }, hasEnded: true, schedule };
  }
  const seconds = Math.max(0, ...[...rows.values()].map((row) => secondsAtEnd(row, run.started_at)));
  const facts = {
    run: run.run,
    temporalRunId: run.temporal_run_id,
    note: run.note,
    startedAt: run.started_at,
    seconds,
  };
  return { report: unfinishedReport(facts, serverIds, rows), hasEnded: false, schedule };
}

async function readRows(db: Kysely<Tables>, runId: number): Promise<Map<string, ServerRow>> {
  const found = await db
    .selectFrom('servers')
    .select(['server_id', 'report_row'])
    .where('run_id', '=', runId)
    .execute();
  const rows = new Map<string, ServerRow>();
  for (const { server_id: serverId, report_row: text } of found) {
    const row = storedRow(text, serverId);
    if (row !== null) rows.set(serverId, row);
  }
  return rows;
}

/** When a server ended, in seconds since the start of the run. */
function secondsAtEnd({ startedAt, seconds }: ServerRow, start: string): number {
  return startedAt === null ? 0 : (Date.parse(startedAt) - Date.parse(start)) / 1000 + (seconds ?? 0);
}

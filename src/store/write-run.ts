import type { Kysely, Transaction } from 'kysely';
import type { RunRecord, RunStart } from '../domain/records/records.ts';
import { endActions } from './end-actions.ts';
import { runIdOf } from './run-id.ts';
import { storable } from './storable.ts';
import type { Tables } from './tables.ts';
import { writeRows } from './write-rows.ts';

/** Writes that a run has started. Changes nothing of a run that has ended. */
export async function writeStart(tx: Transaction<Tables>, start: RunStart): Promise<void> {
  const id = await runIdOf(tx, start, start.startedAt);
  const { note, schedule, serverIds, startedAt } = start;
  await tx
    .updateTable('runs')
    .set({
      ...{ started_at: startedAt, note: storable(note), schedule: storable(schedule) },
      ...{ requested: serverIds.length, server_ids: JSON.stringify(serverIds) },
    })
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .execute();
}

/** Writes the end of a run. Resolves to the servers of the run that have no row yet: without them, it has not ended. */
export async function writeEnd(tx: Transaction<Tables>, isSqlite: boolean, record: RunRecord): Promise<string[]> {
  const { report, serverIds, schedule, startedAt, isCancelled } = record;
  const runId = await runIdOf(tx, record, startedAt);
  await writeRows(tx, isSqlite, { runId, rows: record.rows, isFinal: true });
  const missing = await missingServers(tx, runId, serverIds);
  if (missing.length > 0) return missing;
  if (record.actions !== undefined) {
    const { claims, endedAt: now } = record.actions;
    await endActions(tx, isSqlite, { runId, temporalRunId: record.temporalRunId, now, claims });
  }
  const { note, seconds, requested, counts } = report;
  await tx
    .updateTable('runs')
    .set({
      ...{ started_at: startedAt, ended_at: endOf(startedAt, seconds), is_cancelled: isCancelled ? 1 : 0, seconds },
      ...{ note: storable(note), schedule: storable(schedule), requested, ...counts },
      ...{ server_ids: JSON.stringify(serverIds), report: JSON.stringify(report) },
    })
    .where('id', '=', runId)
    .execute();
  return [];
}

async function missingServers(db: Kysely<Tables>, runId: number, serverIds: readonly string[]): Promise<string[]> {
  const found = await db.selectFrom('servers').select('server_id').where('run_id', '=', runId).execute();
  const known = new Set(found.map((each) => each.server_id));
  return serverIds.filter((serverId) => !known.has(serverId));
}

/** From the facts of the run, so that a repeated write changes nothing. */
function endOf(startedAt: string, seconds: number): string {
  return new Date(Date.parse(startedAt) + seconds * 1000).toISOString();
}

import type { Kysely } from 'kysely';
import type { CalledServers } from '../domain/records/action-records.ts';
import type { RunKey } from '../domain/records/records.ts';
import { partsOfSize } from '../domain/values/parts.ts';
import type { ServerRow } from '../domain/verdicts/server-row.ts';
import { ROWS_PER_STATEMENT } from './many-rows.ts';
import { findRunId } from './run-id.ts';
import { storedRow } from './stored-row.ts';
import type { Tables } from './tables.ts';

/** What an action says about servers of a run. */
export async function readCalled(
  db: Kysely<Tables>,
  key: RunKey,
  action: string,
  serverIds: readonly string[]
): Promise<CalledServers | null> {
  const id = await findRunId(db, key);
  if (id === null) return null;
  const facts = await db
    .selectFrom('runs')
    .select(['run', 'temporal_run_id', 'note', 'schedule', 'started_at'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  const rows: ServerRow[] = [];
  let claimedAt = facts.started_at;
  for (const some of partsOfSize(serverIds, ROWS_PER_STATEMENT)) {
    const found = await db
      .selectFrom('servers')
      .innerJoin('actions', (join) =>
        join.onRef('actions.run_id', '=', 'servers.run_id').onRef('actions.server_id', '=', 'servers.server_id')
      )
      .select(['servers.server_id', 'servers.report_row', 'actions.claimed_at'])
      .where('servers.run_id', '=', id)
      .where('actions.action', '=', action)
      .where('servers.server_id', 'in', some)
      .orderBy('servers.server_id')
      .execute();
    for (const { server_id: serverId, report_row: text, claimed_at: at } of found) {
      const row = storedRow(text, serverId);
      if (row !== null) rows.push(row);
      if (at > claimedAt) claimedAt = at;
    }
  }
  const { run, temporal_run_id: temporalRunId, started_at: startedAt, note, schedule } = facts;
  return { run: { run, temporalRunId, note, startedAt, schedule }, claimedAt, rows };
}

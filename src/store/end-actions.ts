import type { Selectable, Transaction } from 'kysely';
import type { ActionClaim } from '../domain/actions/claims.ts';
import { grouped } from '../domain/values/grouped.ts';
import { partsOfSize } from '../domain/values/parts.ts';
import { asInserted, ROWS_PER_STATEMENT } from './many-rows.ts';
import { storable } from './storable.ts';
import type { Tables } from './tables.ts';

interface Ended {
  runId: number;
  temporalRunId: string;
  now: string;
  claims: readonly ActionClaim[];
}

/**
 * Writes how the calls of a run ended, and which servers its actions still hold. A repeated write changes nothing. The run
 * may not know of some of its claims, if it was cancelled meanwhile: it has not called them, so that a later run must.
 */
export async function endActions(
  tx: Transaction<Tables>,
  isSqlite: boolean,
  { runId, temporalRunId, now, claims }: Ended
): Promise<void> {
  const known = new Map(claims.map((claim) => [`${claim.action} ${claim.serverId}`, claim]));
  const uncalled = { state: 'failed', message: 'not called' };
  const ended = (await startedClaims(tx, isSqlite, runId)).map((row) => {
    const { state, message } = known.get(`${row.action} ${row.server_id}`) ?? uncalled;
    return { ...row, state, message: storable(message), ended_at: now };
  });
  for (const some of partsOfSize(ended, ROWS_PER_STATEMENT)) {
    const changed = asInserted(['state', 'message', 'ended_at']);
    await tx
      .insertInto('actions')
      .values(some)
      .onConflict((conflict) => conflict.columns(['run_id', 'action', 'server_id']).doUpdateSet(changed))
      .execute();
  }
  const released = ended.filter(({ change, state }) => state === (change === 'failed' ? 'failed' : 'done'));
  for (const [action, rows] of grouped(released, (row) => row.action)) {
    const having = (isFailed: boolean): string[] =>
      rows.filter(({ change }) => (change === 'failed') === isFailed).map(({ server_id: serverId }) => serverId);
    await release(tx, action, having(true), temporalRunId);
    await release(tx, action, having(false), null);
  }
}

/** The claims of a run whose call has not ended; in PostgreSQL no other writer ends them meanwhile. */
async function startedClaims(
  tx: Transaction<Tables>,
  isSqlite: boolean,
  runId: number
): Promise<Selectable<Tables['actions']>[]> {
  const query = tx.selectFrom('actions').selectAll().where('run_id', '=', runId).where('state', '=', 'started');
  return (isSqlite ? query : query.forUpdate()).execute();
}

/** @param of - the Temporal run id: only what this run holds; null: whichever run holds it */
async function release(
  tx: Transaction<Tables>,
  action: string,
  serverIds: readonly string[],
  of: string | null
): Promise<void> {
  for (const some of partsOfSize(serverIds, ROWS_PER_STATEMENT)) {
    const held = tx.deleteFrom('action_holds').where('action', '=', action).where('server_id', 'in', some);
    await (of === null ? held : held.where('temporal_run_id', '=', of)).execute();
  }
}

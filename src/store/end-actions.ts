import type { Transaction } from 'kysely';
import type { ServerChange } from '../domain/actions/action.ts';
import type { ActionClaim } from '../domain/actions/claims.ts';
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
export async function endActions(tx: Transaction<Tables>, { runId, temporalRunId, now, claims }: Ended): Promise<void> {
  const keyOf = ({ action, serverId }: Pick<ActionClaim, 'action' | 'serverId'>): string => `${action} ${serverId}`;
  const known = new Set(claims.map(keyOf));
  const uncalled = (await startedClaims(tx, runId)).filter((claim) => !known.has(keyOf(claim)));
  for (const { action, serverId, change, state, message } of [...claims, ...uncalled]) {
    const { numUpdatedRows } = await tx
      .updateTable('actions')
      .set({ state, message: storable(message), ended_at: now })
      .where('run_id', '=', runId)
      .where('action', '=', action)
      .where('server_id', '=', serverId)
      .where('state', '=', 'started')
      .executeTakeFirst();
    const isReleased = change === 'failed' ? state === 'failed' : state === 'done';
    if (Number(numUpdatedRows) === 0 || !isReleased) continue;
    let release = tx.deleteFrom('action_holds').where('action', '=', action).where('server_id', '=', serverId);
    if (change === 'failed') release = release.where('temporal_run_id', '=', temporalRunId);
    await release.execute();
  }
}

async function startedClaims(tx: Transaction<Tables>, runId: number): Promise<ActionClaim[]> {
  const found = await tx
    .selectFrom('actions')
    .select(['action', 'server_id', 'change'])
    .where('run_id', '=', runId)
    .where('state', '=', 'started')
    .execute();
  return found.map(({ action, server_id: serverId, change }) => ({
    ...{ action, serverId, change: change as ServerChange, state: 'failed', message: 'not called' },
  }));
}

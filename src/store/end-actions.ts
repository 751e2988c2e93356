import type { Transaction } from 'kysely';
import type { ActionClaim } from '../domain/actions/claims.ts';
import { storable } from './storable.ts';
import type { Tables } from './tables.ts';

interface Ended {
  runId: number;
  temporalRunId: string;
  now: string;
  claims: readonly ActionClaim[];
}

/** Writes how the calls of a run ended, and which servers its actions still hold. A repeated write changes nothing. */
export async function endActions(tx: Transaction<Tables>, { runId, temporalRunId, now, claims }: Ended): Promise<void> {
  for (const { action, serverId, change, state, message } of claims) {
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

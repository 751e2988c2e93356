import { setImmediate } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { RunKey } from '../domain/records/records.ts';
import type { Tables } from './tables.ts';

/** The rest is removed after the next run. */
const LIMIT_MS = 3_000;

/** A run without an end may still be running. */
const UNFINISHED_DAYS = 30;

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Removes the runs that started more than `keepMs` ago, the oldest first, each in its own transaction. Never removes `current`.
 * @returns how many were removed
 */
export async function prune(db: Kysely<Tables>, keepMs: number, current: RunKey, now = Date.now()): Promise<number> {
  const end = performance.now() + LIMIT_MS;
  const [ended, unfinished] = [keepMs, keepMs + UNFINISHED_DAYS * DAY_MS].map((ms) => new Date(now - ms).toISOString());
  const old = await db
    .selectFrom('runs')
    .select('id')
    .where('temporal_run_id', '!=', current.temporalRunId)
    .where((is) =>
      is.or([
        is.and([is('started_at', '<', ended!), is('ended_at', 'is not', null)]),
        is('started_at', '<', unfinished!),
      ])
    )
    .orderBy('started_at')
    .execute();
  let removed = 0;
  for (const { id } of old) {
    if (performance.now() > end) break;
    await db.transaction().execute((tx) => tx.deleteFrom('runs').where('id', '=', id).execute());
    removed += 1;
    await setImmediate(); // SQLite blocks this process: others get their turn
  }
  return removed;
}

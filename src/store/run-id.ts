import type { Kysely } from 'kysely';
import type { RunKey } from '../domain/records/records.ts';
import { storable } from './storable.ts';
import type { Tables } from './tables.ts';

/** The id of a run; null: it is not known. */
export async function findRunId(db: Kysely<Tables>, { run, temporalRunId }: RunKey): Promise<number | null> {
  const found = await db
    .selectFrom('runs')
    .select('id')
    .where('run', '=', storable(run))
    .where('temporal_run_id', '=', temporalRunId)
    .executeTakeFirst();
  return found?.id ?? null;
}

/** The id of a run, which is added if it is not known yet. */
export async function runIdOf(db: Kysely<Tables>, key: RunKey, startedAt: string): Promise<number> {
  const known = await findRunId(db, key);
  if (known !== null) return known;
  await db
    .insertInto('runs')
    .values({ run: storable(key.run), temporal_run_id: key.temporalRunId, started_at: startedAt })
    .onConflict((conflict) => conflict.columns(['run', 'temporal_run_id']).doNothing())
    .execute();
  return (await findRunId(db, key))!;
}

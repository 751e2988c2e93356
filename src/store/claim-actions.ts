import { sql, type Insertable, type Kysely, type Transaction } from 'kysely';
import type { ActionClaim, Decision, Hold } from '../domain/actions/claims.ts';
import type { ActionVerdict, ServerChange } from '../domain/actions/action.ts';
import type { ActionDecider, ActionsRequest } from '../domain/records/action-records.ts';
import { partsOfSize } from '../domain/values/parts.ts';
import type { ServerRow } from '../domain/verdicts/server-row.ts';
import { lastClasses } from './last-classes.ts';
import { asInserted, ROWS_PER_STATEMENT } from './many-rows.ts';
import { findRunId } from './run-id.ts';
import { storable } from './storable.ts';
import { storedRow } from './stored-row.ts';
import type { Tables } from './tables.ts';

/** Any number: two runs never decide at the same time, so that together they cannot exceed a limit. */
const LOCK = 0x666c6d61;

/**
 * Decides what actions do about the servers of a run, and keeps it, before anything is done. A repeated call returns what was
 * decided. SQLite has locked the file: all of its transactions write.
 */
export async function claimActions(
  tx: Transaction<Tables>,
  isSqlite: boolean,
  request: ActionsRequest,
  decide: ActionDecider
): Promise<ActionClaim[]> {
  const runId = await findRunId(tx, request);
  if (runId === null) return [];
  if (!isSqlite) await sql`select pg_advisory_xact_lock(${LOCK})`.execute(tx);
  const rows = await judgedRows(tx, runId, request.serverIds);
  const current = await latestRows(tx, runId, rows);
  const classes = await lastClasses(tx, request.unclassified);
  for (const action of request.actions) {
    const claimed = new Set((await readClaims(tx, runId, action)).map(({ serverId }) => serverId));
    const left = current.filter(({ serverId }) => !claimed.has(serverId));
    const decision = decide(action, { rows: left, holds: await readHolds(tx, action), classes });
    await write(tx, { runId, temporalRunId: request.temporalRunId, action, now: request.now }, decision);
  }
  const wanted = new Set(rows.map(({ serverId }) => serverId));
  const claims: ActionClaim[] = [];
  for (const action of request.actions)
    claims.push(...(await readClaims(tx, runId, action)).filter(({ serverId }) => wanted.has(serverId)));
  return claims;
}

/** The rows of servers whose verdict an action can be about, in the order of their ids. */
async function judgedRows(
  db: Kysely<Tables>,
  runId: number,
  serverIds: readonly string[] | null
): Promise<ServerRow[]> {
  let query = db
    .selectFrom('servers')
    .select(['server_id', 'report_row'])
    .where('run_id', '=', runId)
    .where('verdict', 'in', ['pass', 'fail', 'error'])
    .orderBy('server_id');
  if (serverIds !== null) query = query.where('server_id', 'in', serverIds);
  const found = await query.execute();
  return found.flatMap(({ server_id: serverId, report_row: text }) => {
    return storedRow(text, serverId) ?? [];
  });
}

/** Without the rows of servers that another run has judged since: they would undo, or repeat, what that run has done. */
async function latestRows(db: Kysely<Tables>, runId: number, rows: readonly ServerRow[]): Promise<ServerRow[]> {
  const own = db.selectFrom('runs').select('started_at').where('id', '=', runId);
  const others = await db
    .selectFrom('runs')
    .innerJoin('servers', 'servers.run_id', 'runs.id')
    .select(['servers.server_id', 'servers.started_at'])
    .where('runs.id', '!=', runId)
    .where((is) => is.or([is('runs.ended_at', 'is', null), is('runs.ended_at', '>', own)]))
    .where('servers.verdict', 'in', ['pass', 'fail'])
    .where('servers.started_at', '>', own)
    .execute();
  const latest = new Map<string, string>();
  for (const { server_id: serverId, started_at: at } of others)
    if (at! > (latest.get(serverId) ?? '')) latest.set(serverId, at!);
  return rows.filter(({ serverId, startedAt }) => startedAt === null || startedAt >= (latest.get(serverId) ?? ''));
}

async function readHolds(db: Kysely<Tables>, action: string): Promise<Hold[]> {
  const found = await db.selectFrom('action_holds').selectAll().where('action', '=', action).execute();
  return found.map(({ server_id: serverId, verdict, hardware_class: hardwareClass, benchmarks }) => ({
    ...{ serverId, hardwareClass, verdict: verdict as ActionVerdict },
    benchmarks: JSON.parse(benchmarks) as string[],
  }));
}

export async function readClaims(db: Kysely<Tables>, runId: number, action: string): Promise<ActionClaim[]> {
  const found = await db
    .selectFrom('actions')
    .select(['server_id', 'change', 'state', 'message'])
    .where('run_id', '=', runId)
    .where('action', '=', action)
    .orderBy('server_id')
    .execute();
  return found.map(({ server_id: serverId, change, state, message }) => ({
    ...{ action, serverId, change: change as ServerChange, message },
    state: state as ActionClaim['state'],
  }));
}

interface Claiming {
  runId: number;
  temporalRunId: string;
  action: string;
  now: string;
}

async function write(tx: Transaction<Tables>, { runId, temporalRunId, action, now }: Claiming, decision: Decision) {
  const claims = decision.claims.map(({ serverId, change, state, message }) => ({
    ...{ run_id: runId, action, server_id: serverId, change, state, message: storable(message), claimed_at: now },
    ended_at: state === 'started' ? null : now,
  }));
  for (const some of partsOfSize(claims, ROWS_PER_STATEMENT)) await tx.insertInto('actions').values(some).execute();
  const started = new Set(decision.claims.filter(({ state }) => state === 'started').map(({ serverId }) => serverId));
  const holds = decision.holds.map(({ serverId, verdict, hardwareClass, benchmarks }) => ({
    ...{ action, server_id: serverId, temporal_run_id: temporalRunId, since: now, verdict },
    ...{ hardware_class: storable(hardwareClass), benchmarks: JSON.stringify(benchmarks) },
  }));
  const facts = ['verdict', 'hardware_class', 'benchmarks'] as const;
  const having = (isStarted: boolean) => holds.filter((hold) => started.has(hold.server_id) === isStarted);
  await writeHolds(tx, having(true), [...facts, 'temporal_run_id']);
  await writeHolds(tx, having(false), facts);
  for (const some of partsOfSize(decision.released, ROWS_PER_STATEMENT))
    await tx.deleteFrom('action_holds').where('action', '=', action).where('server_id', 'in', some).execute();
}

/** @param changed - the columns of a server that the action holds already */
async function writeHolds(
  tx: Transaction<Tables>,
  holds: readonly Insertable<Tables['action_holds']>[],
  changed: readonly (keyof Tables['action_holds'])[]
): Promise<void> {
  for (const some of partsOfSize(holds, ROWS_PER_STATEMENT))
    await tx
      .insertInto('action_holds')
      .values(some)
      .onConflict((conflict) => conflict.columns(['action', 'server_id']).doUpdateSet(asInserted(changed)))
      .execute();
}

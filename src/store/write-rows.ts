import type { Insertable, Transaction } from 'kysely';
import { mergeRows } from '../domain/records/merge-rows.ts';
import { partsOfSize } from '../domain/values/parts.ts';
import type { ServerRow } from '../domain/verdicts/server-row.ts';
import { asInserted, ROWS_PER_STATEMENT } from './many-rows.ts';
import { storable } from './storable.ts';
import { storedRow } from './stored-row.ts';
import type { Tables } from './tables.ts';

interface Rows {
  runId: number;
  rows: readonly ServerRow[];
  /** Whether the run writes them; else their servers do. */
  isFinal: boolean;
}

/** Writes the rows of servers of a run, merged with those that are there. */
export async function writeRows(tx: Transaction<Tables>, isSqlite: boolean, { rows, ...of }: Rows): Promise<void> {
  // In one order, so that two writers of a run never wait for each other.
  const ordered = [...rows].sort((a, b) => (a.serverId < b.serverId ? -1 : 1));
  // A database can be far away: three statements for many rows, not for each.
  for (const some of partsOfSize(ordered, ROWS_PER_STATEMENT)) await writePart(tx, isSqlite, { rows: some, ...of });
}

async function writePart(tx: Transaction<Tables>, isSqlite: boolean, { runId, rows, isFinal }: Rows): Promise<void> {
  const before = await lockRows(tx, isSqlite, { runId, rows });
  const values = rows.map((row) => {
    const { kept, isKeptFinal } = before.get(row.serverId)!;
    const merged = isFinal ? mergeRows(kept, row) : mergeRows(row, isKeptFinal ? kept : null);
    const isFinalNow = isFinal || isKeptFinal ? 1 : 0;
    return { run_id: runId, server_id: row.serverId, ...columnsOf(merged!), is_final: isFinalNow };
  });
  await tx
    .insertInto('servers')
    .values(values)
    .onConflict((conflict) =>
      conflict.columns(['run_id', 'server_id']).doUpdateSet(asInserted(Object.keys(values[0]!)))
    )
    .execute();
}

interface Before {
  kept: ServerRow | null;
  isKeptFinal: boolean;
}

/** The rows that are there, by server. In PostgreSQL no other writer changes them before the end of the transaction. */
async function lockRows(
  tx: Transaction<Tables>,
  isSqlite: boolean,
  { runId, rows }: Pick<Rows, 'runId' | 'rows'>
): Promise<Map<string, Before>> {
  const ids = rows.map(({ serverId }) => serverId);
  await tx
    .insertInto('servers')
    .values(ids.map((serverId) => ({ run_id: runId, server_id: serverId, verdict: '', is_final: 0 })))
    .onConflict((conflict) => conflict.columns(['run_id', 'server_id']).doNothing())
    .execute();
  const query = tx
    .selectFrom('servers')
    .select(['server_id', 'report_row', 'is_final'])
    .where('run_id', '=', runId)
    .where('server_id', 'in', ids)
    .orderBy('server_id');
  const found = await (isSqlite ? query : query.forUpdate()).execute();
  return new Map(
    found.map(({ server_id: serverId, report_row: text, is_final: isFinal }) => [
      serverId,
      { kept: storedRow(text, serverId), isKeptFinal: isFinal === 1 },
    ])
  );
}

/** The columns that people query, and the row as JSON. */
function columnsOf(row: ServerRow): Omit<Insertable<Tables['servers']>, 'run_id' | 'server_id' | 'is_final'> {
  const { verdict, reason, error, hardwareClass, startedAt, seconds, identity, machine } = row;
  return {
    ...{ verdict, reason: storable(reason), error_type: storable(error?.type ?? null) },
    ...{ hardware_class: storable(hardwareClass), started_at: startedAt, seconds, identity: storable(identity) },
    ...{ system: storable(machine?.system ?? null), cpu_model: storable(machine?.cpuModel ?? null) },
    ...{ cpus: machine?.cpus ?? null, memory_mib: machine?.memoryMib ?? null },
    gpus: machine === null ? null : machine.gpus.reduce((sum, { count }) => sum + count, 0),
    report_row: JSON.stringify(row),
  };
}

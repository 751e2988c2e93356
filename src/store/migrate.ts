import { rename, rm } from 'node:fs/promises';
import { Migrator, sql, type Kysely, type Migration } from 'kysely';
import type { Database } from './database.ts';
import { migrations } from './migrations.ts';
import { UnusableStore } from './store-error.ts';
import type { Tables } from './tables.ts';

const MIGRATIONS_TABLE = 'fleetmark_migrations';
const LOCK_TABLE = 'fleetmark_migrations_lock';

/**
 * Brings a store to this version of the schema; does nothing if it has it. Two processes do it one after the other. An SQLite
 * file is copied first, to `results.db.before-002`.
 * @throws Failure InvalidConfig if the schema is newer than this fleetmark
 */
export async function migrate(
  database: Database,
  name: string,
  file: string | null,
  wanted = migrations(database.kind)
): Promise<void> {
  const known = Object.keys(wanted);
  const isCurrent = async (db: Kysely<Tables>): Promise<boolean> => {
    const applied = await appliedMigrations(db, database.kind);
    const unknown = applied.find((each) => !known.includes(each));
    if (unknown !== undefined) throw newerSchema(name, unknown);
    return applied.length === known.length;
  };
  if (await isCurrent(database.db)) return;
  await database.locked(async (locked) => {
    if (await isCurrent(locked)) return;
    if (file !== null) await keepCopy(database, locked, file, known);
    await applyAll(locked, name, wanted);
  });
}

async function appliedMigrations(db: Kysely<Tables>, kind: Database['kind']): Promise<string[]> {
  const { rows: found } =
    kind === 'sqlite'
      ? await sql<{ name: string }>`select name from sqlite_master where name = ${MIGRATIONS_TABLE}`.execute(db)
      : await sql<{ name: string | null }>`select to_regclass(${MIGRATIONS_TABLE}) as name`.execute(db);
  if ((found[0]?.name ?? null) === null) return [];
  const untyped = db as unknown as Kysely<Record<string, { name: string }>>;
  const rows = await untyped.selectFrom(MIGRATIONS_TABLE).select('name').orderBy('name').execute();
  return rows.map((row) => row.name);
}

/** PostgreSQL takes an advisory lock; for SQLite, the caller holds the lock of the file. */
async function applyAll(db: Kysely<Tables>, name: string, wanted: Record<string, Migration>): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(wanted) },
    ...{ migrationTableName: MIGRATIONS_TABLE, migrationLockTableName: LOCK_TABLE },
  });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  if (error instanceof Error && /corrupted migrations/.test(error.message)) throw newerSchema(name, 'a later one');
  throw error instanceof Error ? error : new Error('the migration of the results store failed', { cause: error });
}

/** A copy of the file before its first change, complete or not there. */
async function keepCopy(
  database: Database,
  locked: Kysely<Tables>,
  file: string,
  known: readonly string[]
): Promise<void> {
  const applied = await appliedMigrations(locked, database.kind);
  if (applied.length === 0) return;
  const copy = `${file}.before-${known[applied.length]}`;
  await rm(`${copy}.new`, { force: true });
  await database.backup(`${copy}.new`);
  await rename(`${copy}.new`, copy);
}

function newerSchema(name: string, version: string): UnusableStore {
  const message = `The results store ${name} belongs to a newer fleetmark (schema ${version}): use that version, or another store.`;
  return new UnusableStore(message);
}

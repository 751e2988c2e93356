import { chmodSync, closeSync, openSync, statSync } from 'node:fs';
import { chmod, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import Sqlite from 'libsql';
import { Kysely, SqliteAdapter, SqliteDriver, SqliteIntrospector, SqliteQueryCompiler, type Dialect } from 'kysely';
import { CONNECT_LIMIT_MS, type Database } from './database.ts';
import type { Tables } from './tables.ts';

/** A call to SQLite blocks this process, so it waits only this long for another process; then we wait and try again. */
const BLOCKING_LIMIT_MS = 50;
const RETRY_MS = 20;

/**
 * Opens an SQLite file, and creates it if `create` is set. A commit is on the disk (`synchronous=full`); the write-ahead log
 * lets other processes read meanwhile, and leaves no half transaction after a kill.
 */
export function openSqlite(file: string, create: boolean): Database {
  if (create) makePrivate(file);
  const opened = statSync(file);
  const sqlite = new Sqlite(file, { timeout: CONNECT_LIMIT_MS });
  try {
    sqlite.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on');
    sqlite.exec(`pragma busy_timeout = ${BLOCKING_LIMIT_MS}`);
  } catch (error) {
    sqlite.close();
    throw error;
  }
  const db = new Kysely<Tables>({ dialect: sqliteDialect(sqlite) });
  return {
    ...{ kind: 'sqlite', db },
    locked: (work) => db.connection().execute((connection) => lockedOn(sqlite, connection, work)),
    backup: (copy) => backup(file, copy),
    isCurrent: async () => {
      const now = await stat(file).catch(() => null);
      return now !== null && now.ino === opened.ino && now.dev === opened.dev;
    },
    close: async () => {
      await db.destroy();
      if (sqlite.open) sqlite.close();
    },
  };
}

/**
 * Results are as private as the folder of their Temporal. An existing file is never opened here: to close it would end the
 * locks of this process on it, also those of SQLite. The next process that closes the file would then believe that it is
 * the last one, and delete the write-ahead log to which a store of this process still writes.
 * @see https://www.sqlite.org/howtocorrupt.html section 2.2
 */
function makePrivate(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    if (statSync(file).isFile()) chmodSync(file, 0o600);
  }
}

function sqliteDialect(database: Sqlite.Database): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new WritingDriver(database),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

/** All transactions write: with the lock from the start, none fails in the middle because another one has written. */
class WritingDriver extends SqliteDriver {
  readonly #database: Sqlite.Database;

  constructor(database: Sqlite.Database) {
    super({ database });
    this.#database = database;
  }

  override beginTransaction(): Promise<void> {
    return begin(this.#database);
  }
}

/** By `exec`: a prepared statement that found the file busy would stay active, and no commit would succeed. */
async function begin(database: Sqlite.Database): Promise<void> {
  const end = performance.now() + CONNECT_LIMIT_MS;
  for (;;) {
    try {
      database.exec('begin immediate');
      return;
    } catch (error) {
      if (!isBusy(error) || performance.now() > end) throw error;
    }
    await delay(RETRY_MS);
  }
}

/** The migrator does not accept a transaction of Kysely, but one that it does not see. */
async function lockedOn<Result>(
  database: Sqlite.Database,
  connection: Kysely<Tables>,
  work: (locked: Kysely<Tables>) => Promise<Result>
): Promise<Result> {
  await begin(database);
  try {
    const result = await work(connection);
    database.exec('commit');
    return result;
  } catch (error) {
    if (database.inTransaction) database.exec('rollback');
    throw error;
  }
}

/** By a connection of its own: a copy cannot be made within a transaction. */
async function backup(file: string, copy: string): Promise<void> {
  const reader = new Sqlite(file, { timeout: CONNECT_LIMIT_MS });
  try {
    reader.prepare('vacuum into ?').run(copy);
    await chmod(copy, 0o600);
  } finally {
    reader.close();
  }
}

function isBusy(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && code.startsWith('SQLITE_BUSY');
}

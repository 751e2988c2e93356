import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

/** A connection to a results store. */
export interface Database {
  kind: 'sqlite' | 'postgres';
  db: Kysely<Tables>;
  /** Calls `work` while no other process can migrate an SQLite file. PostgreSQL has a lock of its own for that. */
  locked: <Result>(work: (locked: Kysely<Tables>) => Promise<Result>) => Promise<Result>;
  /** Copies an SQLite file, as it is now; does nothing for PostgreSQL. */
  backup: (file: string) => Promise<void>;
  /** Whether the opened file is still the one with its name. */
  isCurrent: () => Promise<boolean>;
  close: () => Promise<void>;
}

/** How long a call waits for a database before it fails. */
export const CONNECT_LIMIT_MS = 4_000;

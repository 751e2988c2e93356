import type { Database } from '../../src/store/database.ts';
import { openPostgres } from '../../src/store/postgres.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import type { StoreAddress } from '../../src/store/store-address.ts';

/** The tables of a store as they are: without a migration. */
export async function openDatabase(address: StoreAddress): Promise<Database> {
  return address.kind === 'sqlite' ? openSqlite(address.file, false) : openPostgres(address);
}

import { sql, type RawBuilder } from 'kysely';

/** Rows or ids: SQLite has at most 32,766 parameters in a statement, PostgreSQL 65,535. */
export const ROWS_PER_STATEMENT = 500;

/** For an insert of rows that may exist: these columns get the values that would have been inserted. */
export function asInserted<Column extends string>(columns: readonly Column[]): Record<Column, RawBuilder<never>> {
  const values = columns.map((column) => [column, sql.ref<never>(`excluded.${column}`)] as const);
  return Object.fromEntries(values) as Record<Column, RawBuilder<never>>;
}

/** All of Kysely that runs here: the build puts it into one file, since loading its 260 modules takes a tenth of a second. */
export {
  Kysely,
  Migrator,
  PostgresDialect,
  sql,
  SqliteAdapter,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';

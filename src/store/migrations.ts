import { sql, type ColumnDefinitionBuilder, type CreateTableBuilder, type Kysely, type Migration } from 'kysely';

/** Column types that differ between the databases. */
interface Types {
  id: Parameters<CreateTableBuilder<never>['addColumn']>[1];
  asId: (column: ColumnDefinitionBuilder) => ColumnDefinitionBuilder;
  json: 'json' | 'text';
  time: 'timestamptz' | 'text';
  number: 'double precision' | 'real';
  bytes: 'bytea' | 'blob';
}

const types: Record<'sqlite' | 'postgres', Types> = {
  sqlite: {
    id: 'integer',
    asId: (column) => column.primaryKey().autoIncrement(),
    ...{ json: 'text', time: 'text', number: 'real', bytes: 'blob' },
  },
  postgres: {
    id: 'integer',
    asId: (column) => column.generatedAlwaysAsIdentity().primaryKey(),
    ...{ json: 'json', time: 'timestamptz', number: 'double precision', bytes: 'bytea' },
  },
};

/**
 * The versions of the schema. A version that was released is never edited: a change is a new one, with the next number. It
 * may add tables and columns; it never removes or renames one, since docs/results.md is a contract.
 */
export function migrations(kind: 'sqlite' | 'postgres'): Record<string, Migration> {
  return {
    '001': { up: (db: Kysely<unknown>) => createTables(db, types[kind], kind === 'sqlite') },
    '002': { up: (db: Kysely<unknown>) => createActionTables(db, types[kind]) },
  };
}

const COUNTS = ['pass', 'fail', 'error', 'measured', 'skip', 'busy', 'cancelled', 'not_reached'] as const;

async function createTables(db: Kysely<unknown>, type: Types, isSqlite: boolean): Promise<void> {
  const { schema } = db;
  let runs = schema
    .createTable('runs')
    .addColumn('id', type.id, type.asId)
    .addColumn('run', 'text', (column) => column.notNull())
    .addColumn('temporal_run_id', 'text', (column) => column.notNull())
    .addColumn('started_at', type.time, (column) => column.notNull())
    .addColumn('ended_at', type.time)
    .addColumn('is_cancelled', 'integer')
    .addColumn('seconds', type.number)
    .addColumn('note', 'text')
    .addColumn('schedule', 'text')
    .addColumn('requested', 'integer');
  for (const name of COUNTS) runs = runs.addColumn(name, 'integer');
  await runs
    .addColumn('server_ids', type.json)
    .addColumn('report', type.json)
    .addUniqueConstraint('runs_key', ['run', 'temporal_run_id'])
    .execute();
  await schema.createIndex('runs_by_start').on('runs').columns(['started_at', 'id']).execute();

  await serversTable(schema, type).execute();
  await schema.createIndex('servers_by_id').on('servers').columns(['server_id', 'run_id']).execute();

  // Rows of SQLite without a rowid are stored in the order of their primary key: those of a server are together.
  const ofServer = (name: string) => {
    const table = ofServerTable(schema, name);
    return isSqlite ? table.modifyEnd(sql`without rowid`) : table;
  };
  await ofServer('measurements')
    .addColumn('benchmark', 'text', (column) => column.notNull())
    .addColumn('metric', 'text', (column) => column.notNull())
    .addColumn('device', 'integer')
    .addColumn('device_address', 'text')
    .addColumn('device_uuid', 'text')
    .addColumn('unit', 'text', (column) => column.notNull())
    .addColumn('better', 'text', (column) => column.notNull())
    .addColumn('median', type.number)
    .addColumn('spread', type.number)
    .addColumn('limit_min', type.number)
    .addColumn('limit_max', type.number)
    .addColumn('samples', type.json, (column) => column.notNull())
    .execute();
  await outputsTable(ofServerTable(schema, 'outputs'), type).execute();
}

function serversTable(schema: Kysely<unknown>['schema'], type: Types) {
  return schema
    .createTable('servers')
    .addColumn('run_id', 'integer', (column) => column.notNull().references('runs.id').onDelete('cascade'))
    .addColumn('server_id', 'text', (column) => column.notNull())
    .addColumn('verdict', 'text', (column) => column.notNull())
    .addColumn('reason', 'text')
    .addColumn('error_type', 'text')
    .addColumn('hardware_class', 'text')
    .addColumn('started_at', type.time)
    .addColumn('seconds', type.number)
    .addColumn('identity', 'text')
    .addColumn('system', 'text')
    .addColumn('cpu_model', 'text')
    .addColumn('cpus', 'integer')
    .addColumn('memory_mib', type.number)
    .addColumn('gpus', 'integer')
    .addColumn('is_final', 'integer', (column) => column.notNull())
    .addColumn('report_row', type.json)
    .addPrimaryKeyConstraint('servers_key', ['run_id', 'server_id']);
}

/** A table of rows of a server, which are replaced together. */
function ofServerTable(schema: Kysely<unknown>['schema'], name: string) {
  return schema
    .createTable(name)
    .addColumn('run_id', 'integer', (column) => column.notNull())
    .addColumn('server_id', 'text', (column) => column.notNull())
    .addColumn('position', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint(`${name}_key`, ['run_id', 'server_id', 'position'])
    .addForeignKeyConstraint(`${name}_of`, ['run_id', 'server_id'], 'servers', ['run_id', 'server_id'], (key) =>
      key.onDelete('cascade')
    );
}

function outputsTable(table: ReturnType<typeof ofServerTable>, type: Types) {
  return table
    .addColumn('benchmark', 'text', (column) => column.notNull())
    .addColumn('tool', 'text')
    .addColumn('tool_version', 'text')
    .addColumn('job_id', 'text')
    .addColumn('seconds', type.number)
    .addColumn('error_type', 'text')
    .addColumn('evidence', type.json)
    .addColumn('output', type.bytes);
}

async function createActionTables({ schema }: Kysely<unknown>, type: Types): Promise<void> {
  await schema
    .createTable('actions')
    .addColumn('run_id', 'integer', (column) => column.notNull().references('runs.id').onDelete('cascade'))
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('server_id', 'text', (column) => column.notNull())
    .addColumn('change', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('message', 'text')
    .addColumn('claimed_at', type.time, (column) => column.notNull())
    .addColumn('ended_at', type.time)
    .addPrimaryKeyConstraint('actions_key', ['run_id', 'action', 'server_id'])
    .execute();
  await schema
    .createTable('action_holds')
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('server_id', 'text', (column) => column.notNull())
    .addColumn('verdict', 'text', (column) => column.notNull())
    .addColumn('hardware_class', 'text')
    .addColumn('benchmarks', type.json, (column) => column.notNull())
    .addColumn('temporal_run_id', 'text', (column) => column.notNull())
    .addColumn('since', type.time, (column) => column.notNull())
    .addPrimaryKeyConstraint('action_holds_key', ['action', 'server_id'])
    .execute();
}

/** The same tests for an SQLite file and for a real PostgreSQL. */
import { join } from 'node:path';
import { afterAll, describe } from 'vitest';
import type { StoreAddress } from '../../src/store/store-address.ts';
import { postgresPrograms, startPostgres, type TestPostgres } from '../support/postgres.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { openDatabase } from './open-database.ts';

/** Makes the address of a new store. */
export type NewStore = () => Promise<StoreAddress>;

export function onEachStore(what: string, tests: (newStore: NewStore, kind: StoreAddress['kind']) => void): void {
  describe(`${what}, in SQLite`, () => {
    tests(async () => ({ kind: 'sqlite', file: join(temporaryFolder('store'), 'results.db') }), 'sqlite');
  });
  describe.skipIf(postgresPrograms === null)(`${what}, in PostgreSQL`, () => {
    let server: Promise<TestPostgres> | undefined;
    afterAll(async () => (await server)?.stop('immediate'));
    tests(async () => {
      const url = await (await (server ??= startPostgres())).createDatabase();
      return { kind: 'postgres', url, password: null };
    }, 'postgres');
  });
}

/** All that is in a store, without the numbers that it gives. */
export async function contentOf(address: StoreAddress): Promise<Record<string, unknown[]>> {
  const { db, close } = await openDatabase(address);
  const { rows: runs } = { rows: await db.selectFrom('runs').selectAll().orderBy('run').execute() };
  const names = new Map(runs.map(({ id, run }) => [id, run]));
  const named = <Row extends { run_id: number }>({ run_id: id, ...row }: Row) => ({ of: names.get(id), ...row });
  const servers = await db.selectFrom('servers').selectAll().orderBy('run_id').orderBy('server_id').execute();
  const measurements = await db
    .selectFrom('measurements')
    .selectAll()
    .orderBy('run_id')
    .orderBy('server_id')
    .orderBy('position')
    .execute();
  const outputs = await db
    .selectFrom('outputs')
    .selectAll()
    .orderBy('run_id')
    .orderBy('server_id')
    .orderBy('position')
    .execute();
  await close();
  return {
    runs: runs.map(({ id: _, ...run }) => run),
    servers: servers.map(named),
    measurements: measurements.map(named),
    outputs: outputs.map(({ output, ...row }) =>
      named({ ...row, output: output && Buffer.from(output).toString('hex') })
    ),
  };
}

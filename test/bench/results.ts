/**
 * Program: `npm run bench:results [-- RUNS SERVERS]`. Fills a store with 1,000 runs of 1,000 servers, in SQLite and in
 * PostgreSQL, and prints its size and the median times of the commands that read it, as users start them, with a warm cache.
 * Exits with 1 if a median is above 0.3 s. The CPU time is that of the command: it hardly depends on what else runs here.
 */
import { spawnSync } from 'node:child_process';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { median } from '../../src/domain/measurements/statistics.ts';
import type { StoreAddress } from '../../src/store/store-address.ts';
import { fillStore, serverNumber } from '../store/fill-store.ts';
import { openDatabase } from '../store/open-database.ts';
import buildPrograms, { builtProgram } from '../support/built-program.ts';
import { postgresPrograms, startPostgres } from '../support/postgres.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { cpuSeconds } from './cpu-seconds.ts';

const [runs = 1000, servers = 1000] = process.argv.slice(2).map(Number);
const WRITTEN = 2;
const REPEATS = 10;
const LIMIT_SECONDS = 0.3;

const COMMANDS = [
  ['report'],
  ['report', 'last-1', '--json'],
  ['runs'],
  ['runs', '--limit', '1000', '--json'],
  ['history', serverNumber(7)],
  ['history', serverNumber(7), '--limit', '1000'],
];

const folder = temporaryFolder('bench-results');
await buildPrograms();
await measureSqlite();
if (postgresPrograms === null) console.log('no PostgreSQL on this machine: see scripts/postgres.mjs');
else await measurePostgres();

async function measureSqlite(): Promise<void> {
  const file = join(folder, 'results.db');
  await fill({ kind: 'sqlite', file });
  const { db, close } = await openDatabase({ kind: 'sqlite', file });
  await sql`pragma wal_checkpoint(truncate)`.execute(db);
  await close();
  printSize('SQLite', statSync(file).size);
  measure({ FLEETMARK_STATE: folder });
}

async function measurePostgres(): Promise<void> {
  const server = await startPostgres();
  try {
    const url = await server.createDatabase();
    await fill({ kind: 'postgres', url, password: null });
    const { db, close } = await openDatabase({ kind: 'postgres', url, password: null });
    await sql`vacuum analyze`.execute(db); // as PostgreSQL does by itself, later
    const { rows } = await sql<{ size: string }>`select pg_database_size(current_database()) as size`.execute(db);
    await close();
    printSize('PostgreSQL', Number(rows[0]!.size));
    const config = join(folder, 'fleetmark.yaml');
    writeFileSync(config, `inventory: hosts.ini\nstore: ${url}\n`);
    measure({ FLEETMARK_STATE: folder, FLEETMARK_CONFIG: config, TEMPORAL_ADDRESS: '127.0.0.1:1' });
  } finally {
    await server.stop('fast');
  }
}

async function fill(address: StoreAddress): Promise<void> {
  await fillStore(address, { runs, servers, written: WRITTEN });
}

function printSize(name: string, bytes: number): void {
  console.log(`${name}: ${runs} runs of ${servers} servers, ${(bytes / 1e9).toFixed(2)} GB`);
}

function measure(variables: Readonly<Record<string, string>>): void {
  for (const command of COMMANDS) {
    timeOf(command, variables); // reads the files into the cache
    const times = Array.from({ length: REPEATS }, () => timeOf(command, variables));
    const [wall, cpu] = [median(times.map(([each]) => each)), median(times.map(([, each]) => each))];
    const isSlow = wall > LIMIT_SECONDS;
    if (isSlow) process.exitCode = 1;
    const line = `  ${command.join(' ').padEnd(32)} ${wall.toFixed(2)} s, CPU ${cpu.toFixed(2)} s`;
    console.log(isSlow ? `${line}: above ${LIMIT_SECONDS} s` : line);
  }
}

/** Wall and CPU seconds. */
function timeOf(command: readonly string[], variables: Readonly<Record<string, string>>): [wall: number, cpu: number] {
  const [begin, before] = [performance.now(), cpuSeconds(process.pid).ofEnded];
  const { status, stderr } = spawnSync(process.execPath, [builtProgram('client'), ...command], {
    env: { ...process.env, ...variables },
    encoding: 'utf8',
    maxBuffer: 1e9,
  });
  const seconds = (performance.now() - begin) / 1000;
  if (status !== 0) throw new Error(`${command.join(' ')} exited with ${status}: ${stderr}`);
  return [seconds, cpuSeconds(process.pid).ofEnded - before];
}

/** A real PostgreSQL for tests. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { findPostgres } from '../../scripts/postgres.mjs';
import { freePort } from './ports.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** The folder of `initdb` and `postgres`; null: tests that need them are skipped (`npm test` installs them first). */
export const postgresPrograms = findPostgres();

/** It refuses to run as root. */
const NOBODY = 65534;
const account = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

export interface TestPostgres {
  port: number;
  /** Creates a database and returns its URL, without a password. */
  createDatabase(): Promise<string>;
  start(): Promise<void>;
  /** `immediate`: like a crash. */
  stop(how?: 'fast' | 'immediate'): Promise<void>;
}

/** A server with a folder of its own, started. `password`: the user `fleetmark` needs it. */
export async function startPostgres(password?: string): Promise<TestPostgres> {
  const folder = temporaryFolder('postgres');
  if (account.uid !== undefined) chownSync(folder, account.uid, account.gid);
  const data = join(folder, 'data');
  const init = ['-D', data, '-U', 'fleetmark', '-A', 'trust', '--no-sync', '--locale=C', '--encoding=UTF8'];
  const made = spawnSync(join(postgresPrograms!, 'initdb'), init, { cwd: folder, encoding: 'utf8', ...account });
  if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`);
  const port = await freePort();
  let server: ChildProcess | null = null;
  let databases = 0;
  const connect = async (name: string): Promise<pg.Client> => {
    const client = new pg.Client({
      host: '127.0.0.1',
      port,
      user: 'fleetmark',
      database: name,
      ...(password && { password }),
    });
    await client.connect();
    return client;
  };
  const started: TestPostgres = {
    port,
    async createDatabase() {
      const name = `results_${(databases += 1)}`;
      const client = await connect('postgres');
      await client.query(`create database ${name}`);
      await client.end();
      return `postgres://fleetmark@127.0.0.1:${port}/${name}`;
    },
    async start() {
      const args = ['-D', data, '-p', String(port), '-k', folder, '-c', 'listen_addresses=127.0.0.1'];
      server = spawn(join(postgresPrograms!, 'postgres'), args, { cwd: folder, stdio: 'ignore', ...account });
      for (let attempt = 0; ; attempt += 1) {
        const client = await connect('postgres').catch((error: unknown) => {
          if (attempt === 300) throw error;
          return null;
        });
        if (client !== null) return client.end();
        await delay(100);
      }
    },
    async stop(how = 'fast') {
      if (server === null) return;
      const ended = once(server, 'exit');
      server.kill(how === 'fast' ? 'SIGINT' : 'SIGQUIT');
      await ended;
      server = null;
    },
  };
  await started.start();
  if (password !== undefined) await requirePassword(await connect('postgres'), password);
  return started;
}

async function requirePassword(client: pg.Client, password: string): Promise<void> {
  await client.query(`alter user fleetmark password '${password}'`);
  await client.query(`create temp table hba (line text)`);
  const { rows } = await client.query<{ file: string }>(`select current_setting('hba_file') as file`);
  await client.query(`copy (select 'host all all 127.0.0.1/32 scram-sha-256') to '${rows[0]!.file}'`);
  await client.query('select pg_reload_conf()');
  await client.end();
}

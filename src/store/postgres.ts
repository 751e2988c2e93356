import pg from 'pg';
import { Kysely, PostgresDialect } from 'kysely';
import { CONNECT_LIMIT_MS, type Database } from './database.ts';
import type { PostgresAddress } from './store-address.ts';
import type { Tables } from './tables.ts';

const MAX_CONNECTIONS = 4;
const IDLE_MS = 10_000;
/** A statement changes at most 500 rows, or lists the rows of one run. */
const STATEMENT_LIMIT_MS = 30_000;

const JSON_TYPE: number = pg.types.builtins.JSON;
const TIME_TYPE: number = pg.types.builtins.TIMESTAMPTZ;

/** A pool of connections, which are made when they are needed. */
export async function openPostgres({ url, password }: PostgresAddress): Promise<Database> {
  const connectionString = password === null ? url : withPassword(url, await password());
  const pool = new pg.Pool({
    ...{
      connectionString,
      application_name: 'fleetmark',
      max: MAX_CONNECTIONS,
      idleTimeoutMillis: IDLE_MS,
      allowExitOnIdle: true,
    },
    ...{ connectionTimeoutMillis: CONNECT_LIMIT_MS, query_timeout: STATEMENT_LIMIT_MS, keepAlive: true },
    ...{ statement_timeout: STATEMENT_LIMIT_MS, types: { getTypeParser } },
  });
  // A connection has ended: a call that uses it rejects, and the next one makes another. Without a listener, the process ends.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return {
    ...{ kind: 'postgres', db },
    locked: (work) => work(db),
    backup: () => Promise.resolve(),
    isCurrent: () => Promise.resolve(true),
    close: () => db.destroy(),
  };
}

function withPassword(url: string, password: string): string {
  const complete = new URL(url);
  complete.password = encodeURIComponent(password);
  return complete.href;
}

type Parser = (value: string) => unknown;

/** As SQLite has them: JSON as it was written, and times in ISO 8601. */
function getTypeParser(type: number): Parser {
  if (type === JSON_TYPE) return (text) => text;
  if (type === TIME_TYPE) return (text) => new Date(text).toISOString();
  return pg.types.getTypeParser(type) as Parser;
}

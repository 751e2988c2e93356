import { existsSync } from 'node:fs';
import { Failure } from '../domain/failures/failure.ts';
import type { ResultsWriter, RunKey } from '../domain/records/records.ts';
import type { ComparableRun } from '../domain/records/compare-runs.ts';
import type { EarlierRuns } from '../domain/records/earlier-runs.ts';
import type { ActionsStore } from '../domain/records/action-records.ts';
import type { HistoryFilter, ServerHistory } from '../domain/records/server-history.ts';
import type {
  DurationFilter,
  ListedRun,
  OutputLimits,
  RunFilter,
  StoredRecords,
  StoredReport,
} from '../domain/records/stored-runs.ts';
import { claimActions } from './claim-actions.ts';
import type { Database } from './database.ts';
import { listRuns } from './list-runs.ts';
import { migrate } from './migrate.ts';
import { prune } from './prune.ts';
import { readCalled } from './read-called.ts';
import { readComparable } from './read-comparable.ts';
import { readDurations } from './read-durations.ts';
import { readEarlier } from './read-earlier.ts';
import { readFullRecords } from './read-full-records.ts';
import { readHistory, readServerIds } from './read-history.ts';
import { findRuns, readReport } from './read-report.ts';
import { storeName, type StoreAddress } from './store-address.ts';
import { describeStoreError } from './store-error.ts';
import { writeEnd, writeStart } from './write-run.ts';
import { writeServer } from './write-server.ts';

/** The results of runs, in an SQLite file or in PostgreSQL. */
export interface ResultsStore extends ResultsWriter, ActionsStore {
  listRuns(filter: RunFilter): Promise<ListedRun[]>;
  /** The report of the run that a word means, as in `matchRuns`; else the ids of the runs that it could mean. */
  readReport(word: string): Promise<StoredReport | { candidates: string[] }>;
  /** The earlier runs of the same selection; null: there is none. */
  readEarlier(run: RunKey): Promise<EarlierRuns | null>;
  /** The samples and outputs of a run; of the outputs, those of the first servers up to a limit. */
  readFullRecords(run: RunKey, wanted: OutputLimits & { serverIds: readonly string[] }): Promise<StoredRecords>;
  /** What a comparison needs of the run that a word means, as in `readReport`. */
  readComparable(word: string): Promise<ComparableRun | { candidates: string[] }>;
  /** The last runs of a server, the newest last. */
  history(serverId: string, filter: HistoryFilter): Promise<ServerHistory>;
  /** How long these servers took the last time, in seconds, as far as it is known. */
  durations(filter: DurationFilter): Promise<Map<string, number>>;
  /** The ids of all servers that any run has measured. */
  serverIds(): Promise<string[]>;
  /** Removes runs that started more than `keepMs` ago, but never `current`. */
  prune(keepMs: number, current: RunKey): Promise<number>;
  /** Whether the opened file is still the one with its name. */
  isCurrent(): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * Opens a store and brings its schema up to date. Every call that fails rejects with a Failure InvalidConfig if it would fail
 * again until a person does something, else with an Error.
 */
export async function openStore(address: StoreAddress): Promise<ResultsStore> {
  const name = storeName(address);
  return explained(name, async () => {
    const database = await open(address);
    try {
      await migrate(database, name, address.kind === 'sqlite' ? address.file : null);
    } catch (error) {
      await database.close().catch(() => undefined);
      throw error;
    }
    return storeOn(database, name);
  });
}

/** Opens a store for reading; null if it was never written. */
export async function openExisting(address: StoreAddress): Promise<ResultsStore | null> {
  return address.kind === 'sqlite' && !existsSync(address.file) ? null : openStore(address);
}

/** Loads the driver of this database only. */
async function open(address: StoreAddress): Promise<Database> {
  return address.kind === 'sqlite'
    ? (await import('./sqlite.ts')).openSqlite(address.file, true)
    : (await import('./postgres.ts')).openPostgres(address);
}

function storeOn(database: Database, name: string): ResultsStore {
  const { db } = database;
  const isSqlite = database.kind === 'sqlite';
  const attempt = <Result>(work: () => Promise<Result>): Promise<Result> => explained(name, work);
  const ofRun = <Result>(word: string, read: (id: number) => Promise<Result>) =>
    attempt(async () => {
      const [run, ...more] = await findRuns(db, word);
      if (run !== undefined && more.length === 0) return read(run.id);
      return { candidates: [run ?? [], more].flat().map((each) => each.run) };
    });
  return {
    startRun: (start) => attempt(() => db.transaction().execute((tx) => writeStart(tx, start))),
    recordServer: (record) => attempt(() => db.transaction().execute((tx) => writeServer(tx, isSqlite, record))),
    recordRun: (record) => attempt(() => db.transaction().execute((tx) => writeEnd(tx, isSqlite, record))),
    claimActions: (request, decide) =>
      attempt(() => db.transaction().execute((tx) => claimActions(tx, isSqlite, request, decide))),
    readCalled: (run, action, serverIds) => attempt(() => readCalled(db, run, action, serverIds)),
    listRuns: (filter) => attempt(() => listRuns(db, filter)),
    readReport: (word) => ofRun(word, (id) => readReport(db, id)),
    readEarlier: (run) => attempt(() => readEarlier(db, run)),
    readFullRecords: (run, wanted) => attempt(() => readFullRecords(db, run, wanted)),
    readComparable: (word) => ofRun(word, (id) => readComparable(db, id)),
    history: (serverId, filter) => attempt(() => readHistory(db, serverId, filter)),
    durations: (filter) => attempt(() => readDurations(db, filter)),
    serverIds: () => attempt(() => readServerIds(db)),
    prune: (keepMs, current) => attempt(() => prune(db, keepMs, current)),
    isCurrent: database.isCurrent,
    close: database.close,
  };
}

async function explained<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw describeStoreError(name, error);
  }
}

import type { Results, RunRecord } from '../domain/records/records.ts';
import type { ResultsStore } from './open-store.ts';
import type { StoreAddress } from './store-address.ts';

/** Where the results go now, and for how long they are kept. */
export interface StoreSettings {
  /** Null: there is no store. */
  address: StoreAddress | null;
  /** Milliseconds; null: for ever. */
  keepMs: number | null;
}

export interface KeptStore extends Results {
  close(): Promise<void>;
}

/** A store that is being opened, or is open. */
interface OpenStore {
  address: string;
  opened: Promise<ResultsStore>;
}

/**
 * Opens the store at the first write, and keeps it open until it fails, its settings change, or its file was replaced. Only
 * then is the database library loaded.
 * @param pruned - reports how many old runs were removed, or why that failed
 */
export function keepStore(
  settings: () => Promise<StoreSettings>,
  pruned: (removed: number, error: unknown) => void = () => undefined
): KeptStore {
  let kept: OpenStore | null = null;
  const close = async (store: OpenStore | null): Promise<void> => {
    if (kept === store) kept = null; // else another call has opened it again
    await store?.opened.then((each) => each.close()).catch(() => undefined);
  };
  const current = async (): Promise<OpenStore> => {
    const { address } = await settings();
    if (address === null) throw new Error('the configuration of this worker has no results store (store:)');
    const text = JSON.stringify(address);
    const found = kept;
    if (found !== null && !(found.address === text && (await isCurrent(found)))) await close(found);
    kept ??= { address: text, opened: import('./open-store.ts').then(({ openStore }) => openStore(address)) };
    return kept;
  };
  const attempt = async <Result>(call: (store: ResultsStore) => Promise<Result>): Promise<Result> => {
    const store = await current();
    try {
      return await call(await store.opened);
    } catch (error) {
      await close(store); // after a failed statement, a connection of SQLite may never commit again
      throw error;
    }
  };
  const prune = async (record: RunRecord): Promise<void> => {
    const { keepMs } = await settings();
    if (keepMs === null) return;
    await attempt((store) => store.prune(keepMs, record)).then(
      (removed) => pruned(removed, null),
      (error: unknown) => pruned(0, error)
    );
  };
  return {
    isConfigured: async () => (await settings()).address !== null,
    startRun: (start) => attempt((store) => store.startRun(start)),
    recordServer: (record) => attempt((store) => store.recordServer(record)),
    async recordRun(record) {
      const missing = await attempt((store) => store.recordRun(record));
      if (missing.length === 0) await prune(record);
      return missing;
    },
    claimActions: (request, decide) => attempt((store) => store.claimActions(request, decide)),
    readCalled: (run, action, serverIds) => attempt((store) => store.readCalled(run, action, serverIds)),
    close: () => close(kept),
  };
}

async function isCurrent({ opened }: OpenStore): Promise<boolean> {
  return opened.then((store) => store.isCurrent()).catch(() => false);
}

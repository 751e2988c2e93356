import { Failure } from '../domain/failures/failure.ts';
import type { Configuration, ConfiguredStore } from '../domain/plans/configuration.ts';
import type { Logger } from '../logging/logger.ts';
import { readSecret } from '../source/read-secret.ts';
import { keepStore, type KeptStore } from '../store/kept-store.ts';
import { sqliteAddress, type StoreAddress } from '../store/store-address.ts';

const PASSWORD = { kind: 'password', key: 'store.password' };

/**
 * The results store of a worker.
 * @param file - of the embedded Temporal, which has no other; null: the configuration says where
 */
export function workerResults(
  configuration: () => Promise<Configuration>,
  file: string | null,
  log: Logger
): KeptStore {
  const settings = async () => {
    const { store } = await configuration();
    return { address: file === null ? configuredAddress(store) : sqliteAddress(file), keepMs: store.keepMs };
  };
  return keepStore(settings, (removed, error) => {
    if (error !== null) log.warn({ err: error }, 'old runs could not be removed from the results store');
    else if (removed > 0) log.info({ removed }, 'removed old runs from the results store');
  });
}

/**
 * Opens a store, before a worker is created that would write into it.
 * @param away - called if it does not answer: runs wait for it at their end
 * @throws Failure InvalidConfig if it cannot be used
 */
export async function checkStore(address: StoreAddress, away: (error: unknown) => void): Promise<void> {
  const { openStore } = await import('../store/open-store.ts');
  try {
    await (await openStore(address)).close();
  } catch (error) {
    if (error instanceof Failure) throw error;
    away(error);
  }
}

/** Null: none is configured. */
export function configuredAddress({ url, password }: ConfiguredStore): StoreAddress | null {
  if (url === null) return null;
  return { kind: 'postgres', url, password: password === null ? null : () => readSecret(password, PASSWORD) };
}

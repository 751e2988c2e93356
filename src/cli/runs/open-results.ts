import { openExisting, type ResultsStore } from '../../store/open-store.ts';
import { sqliteAddress } from '../../store/store-address.ts';
import { runningServer } from '../../temporal/server-lock.ts';
import { resultsFile, stateFolder } from '../../temporal/state-folder.ts';
import type { ConfigurationOptions } from '../options/configuration-options.ts';
import { findTemporalSettings } from '../temporal/find-temporal-settings.ts';
import { ownCommand } from '../terminal/own-command.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { NoResultsYet } from './no-results.ts';

/** Where the results of a command line are. */
export interface OpenResults {
  store: ResultsStore;
  /** Whether a run without an end can be running. */
  canRun: boolean;
}

/**
 * Opens the results store for reading: the file of the embedded Temporal, which is not started, or the database of the
 * configuration.
 * @throws NoResultsYet, NoResultsStore, or Refusal if the store cannot be read
 */
export async function openResults(options: ConfigurationOptions, terminal: Terminal): Promise<OpenResults> {
  if ((await findTemporalSettings(terminal)) === null) {
    const stateDir = stateFolder(terminal.env);
    const store = await openExisting(sqliteAddress(resultsFile(stateDir)));
    if (store === null)
      throw new NoResultsYet(`there are no results yet in ${stateDir}: start a run with ${ownCommand('run')}`);
    return { store, canRun: (await runningServer(stateDir)) !== null };
  }
  const { openConfigured } = await import('./open-configured-results.ts'); // also loads all that reads a configuration
  return { store: await openConfigured(options, terminal), canRun: true };
}

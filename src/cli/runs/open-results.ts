import { findConfiguration } from '../../config/find-configuration.ts';
import { openExisting, type ResultsStore } from '../../store/open-store.ts';
import { runningServer } from '../../temporal/server-lock.ts';
import { resultsFile, stateFolder } from '../../temporal/state-folder.ts';
import { readDraft } from '../../worker/configuration.ts';
import { configuredAddress, sqliteAddress } from '../../worker/results.ts';
import type { ConfigurationOptions } from '../options/configuration-options.ts';
import { findTemporalSettings } from '../temporal/find-temporal-settings.ts';
import { exitCodes } from '../terminal/exit-code.ts';
import { ownCommand } from '../terminal/own-command.ts';
import { Refusal } from '../terminal/refusal.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** Where the results of a command line are. */
export interface OpenResults {
  store: ResultsStore;
  /** Whether a run without an end can be running. */
  canRun: boolean;
}

/**
 * Opens the results store for reading: the file of the embedded Temporal, which is not started, or the database of the
 * configuration.
 * @throws Refusal if there are no results, or no store is configured
 */
export async function openResults(options: ConfigurationOptions, terminal: Terminal): Promise<OpenResults> {
  const { env, stdin } = terminal;
  if ((await findTemporalSettings(terminal)) === null) {
    const stateDir = stateFolder(env);
    const store = await openExisting(sqliteAddress(resultsFile(stateDir)));
    if (store === null)
      throw new Refusal(`there are no results yet in ${stateDir}: start a run with ${ownCommand('run')}`);
    return { store, canRun: (await runningServer(stateDir)) !== null };
  }
  const { file, store: configured } = await readDraft(await findConfiguration(options, env, stdin));
  const address = configuredAddress(configured);
  if (address === null) {
    const todo = `set store: postgres://user@host/database, for the workers, too`;
    throw new Refusal(`${file} has no results store, so the results are only in Temporal\nTo keep them, ${todo}`);
  }
  const store = await openExisting(address).catch((cause: unknown) => {
    if ((cause as Error).name === 'Failure') throw cause;
    throw new Refusal((cause as Error).message, exitCodes.unjudged, { cause });
  });
  return { store: store!, canRun: true };
}

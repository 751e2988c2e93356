import { shownSource } from '../../config/configuration-source.ts';
import { findConfiguration } from '../../config/find-configuration.ts';
import { readStore } from '../../config/read-store.ts';
import { Failure } from '../../domain/failures/failure.ts';
import { openStore, type ResultsStore } from '../../store/open-store.ts';
import { configuredAddress } from '../../worker/results.ts';
import type { ConfigurationOptions } from '../options/configuration-options.ts';
import { exitCodes } from '../terminal/exit-code.ts';
import { Refusal } from '../terminal/refusal.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { NoResultsStore } from './no-results.ts';

/** Opens the database of the configuration. @throws NoResultsStore if there is none, Refusal if it does not answer */
export async function openConfigured(
  options: ConfigurationOptions,
  { env, stdin }: Pick<Terminal, 'env' | 'stdin'>
): Promise<ResultsStore> {
  const source = await findConfiguration(options, env, stdin);
  const address = configuredAddress(await readStore(source.file));
  if (address === null) {
    const todo = 'set store: postgres://user@host/database, for the workers, too';
    throw new NoResultsStore(
      `${shownSource(source)} has no results store, so the results are only in Temporal\nTo keep them, ${todo}`
    );
  }
  return openStore(address).catch((cause: unknown) => {
    if (cause instanceof Failure) throw cause;
    throw new Refusal((cause as Error).message, exitCodes.unjudged, { cause });
  });
}

import { shownSource } from '../../config/configuration-source.ts';
import { findConfiguration } from '../../config/find-configuration.ts';
import { MissingConfiguration } from '../../config/missing-configuration.ts';
import { readStore } from '../../config/read-store.ts';
import { Failure } from '../../domain/failures/failure.ts';
import { openStore, type ResultsStore } from '../../store/open-store.ts';
import { configuredAddress } from '../../worker/results.ts';
import type { ConfigurationOptions } from '../options/configuration-options.ts';
import { exitCodes } from '../terminal/exit-code.ts';
import { Refusal } from '../terminal/refusal.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { NoResultsStore, UnknownResultsStore } from './no-results.ts';

/**
 * Opens the database of the configuration.
 * @throws NoResultsStore if there is none, UnknownResultsStore without a configuration, Refusal if it does not answer
 */
export async function openConfigured(
  options: ConfigurationOptions,
  { env, stdin }: Pick<Terminal, 'env' | 'stdin'>
): Promise<ResultsStore> {
  const source = await findConfiguration(options, env, stdin);
  const address = configuredAddress(await readStore(source.file).catch(refuseWithoutFile));
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

/** A machine that only starts runs needs no file for that. */
function refuseWithoutFile(cause: unknown): never {
  if (!(cause instanceof MissingConfiguration)) throw cause;
  throw new UnknownResultsStore(
    `${cause.what}, so it is not known where the workers keep their results\n` +
      'Create it with the store: of their fleetmark.yaml: the line "store: postgres://user@host/database" is enough',
    exitCodes.refused,
    { cause }
  );
}

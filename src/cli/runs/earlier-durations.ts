import type { DurationFilter } from '../../domain/records/stored-runs.ts';
import type { ConfigurationOptions } from '../options/configuration-options.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** Reads how long servers took before, in seconds. Never rejects: an estimate is not worth a problem. */
export type EarlierDurations = (filter: DurationFilter) => Promise<ReadonlyMap<string, number>>;

/** Reads them from the results store, if there is one. */
export function earlierDurations(options: ConfigurationOptions, terminal: Terminal): EarlierDurations {
  return async (filter) => {
    try {
      const { openResults } = await import('./open-results.ts');
      const { store } = await openResults(options, terminal);
      return await store.durations(filter).finally(() => store.close());
    } catch {
      return new Map();
    }
  };
}

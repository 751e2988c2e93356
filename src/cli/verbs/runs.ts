import { runListingText } from '../../reports/listings/run-listing.ts';
import type { Style } from '../../reports/style.ts';
import type { ConfigurationOptions } from '../options/configuration-options.ts';
import { openResults } from '../runs/open-results.ts';
import { exitCodes } from '../terminal/exit-code.ts';
import { messagePrinter, printResult, widthOf, type JsonOption, type Terminal } from '../terminal/terminal.ts';

export interface RunsOptions extends ConfigurationOptions, JsonOption {
  limit?: number | undefined;
  /** ISO 8601 */
  since?: string | undefined;
  failed?: true | undefined;
}

const DEFAULT_LIMIT = 20;

/** Lists the last runs, the latest first. Starts nothing. */
export async function runs(options: RunsOptions, terminal: Terminal): Promise<number> {
  const { limit = DEFAULT_LIMIT, since = null, failed = false } = options;
  const { store, canRun } = await openResults(options, terminal);
  try {
    const listed = await store.listRuns({ limit, since, failed });
    if (listed.length === 0 && !options.json) messagePrinter(terminal)('There are no such runs.');
    const width = widthOf(terminal.stdout);
    const text = (style: Style): string =>
      listed.length === 0 ? '' : runListingText(listed, { style, width, canRun });
    printResult(listed, text, options, terminal);
    return exitCodes.passed;
  } finally {
    await store.close();
  }
}

import type { StoredReport } from '../../domain/records/stored-runs.ts';
import type { ConfigurationOptions } from '../options/configuration-options.ts';
import { messagePrinter, type Terminal } from '../terminal/terminal.ts';
import { openResults } from './open-results.ts';
import { oneRun } from './stored-run.ts';
import { printableIds } from './unfinished-runs.ts';

export interface FoundReport extends StoredReport {
  /** Whether a run without an end can be running. */
  canRun: boolean;
}

/**
 * The report of the run that a word means, from the results store. Starts nothing.
 * @throws Refusal if there is no store, or no such run, or if there are several
 */
export async function storedReport(
  word: string,
  options: ConfigurationOptions,
  terminal: Terminal
): Promise<FoundReport> {
  const { store, canRun } = await openResults(options, terminal);
  const found = await store.readReport(word).finally(() => store.close());
  return { ...oneRun(word, found), canRun };
}

/** Says of a run that has not ended that its report is not complete. */
export function noteIfUnfinished({ report, hasEnded, canRun }: FoundReport, terminal: Terminal): void {
  if (hasEnded) return;
  const state = canRun ? 'has not ended yet' : 'is unfinished';
  messagePrinter(terminal)(`${printableIds(report.run)} ${state}: this is what has ended so far.`);
}

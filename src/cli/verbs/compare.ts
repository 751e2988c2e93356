import { compareRuns, type RunComparison } from '../../domain/records/compare-runs.ts';
import { comparisonText } from '../../reports/listings/comparison-text.ts';
import type { ResultsStore } from '../../store/open-store.ts';
import type { ConfigurationOptions } from '../options/configuration-options.ts';
import { openResults } from '../runs/open-results.ts';
import { oneRun } from '../runs/stored-run.ts';
import { printableIds } from '../runs/unfinished-runs.ts';
import { exitCodes } from '../terminal/exit-code.ts';
import { Refusal } from '../terminal/refusal.ts';
import { printResult, widthOf, type JsonOption, type Terminal } from '../terminal/terminal.ts';

/** Shows what changed from one run to another: verdicts, and the median and spread of each class and metric. Starts nothing. */
export async function compare(
  before: string,
  after: string,
  options: ConfigurationOptions & JsonOption,
  terminal: Terminal
): Promise<number> {
  const { store } = await openResults(options, terminal);
  const comparison = await comparisonOf(store, before, after).finally(() => store.close());
  const width = widthOf(terminal.stdout);
  const result = { schemaVersion: 1, ...comparison };
  printResult(result, (style) => comparisonText(comparison, { style, width }), options, terminal);
  return exitCodes.passed;
}

async function comparisonOf(store: ResultsStore, before: string, after: string): Promise<RunComparison> {
  const [then, now] = [
    oneRun(before, await store.readComparable(before)),
    oneRun(after, await store.readComparable(after)),
  ];
  if (then.about.temporalRunId === now.about.temporalRunId && then.about.run === now.about.run)
    throw new Refusal(`"${printableIds(before)}" and "${printableIds(after)}" are the same run: name two`);
  return compareRuns(then, now);
}

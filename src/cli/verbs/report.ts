import type { ConfigurationOptions } from '../options/configuration-options.ts';
import type { ExportOptions } from '../options/export-options.ts';
import { refuseUnwritableExports, replacesText, writeExports } from '../runs/exports.ts';
import { openResults } from '../runs/open-results.ts';
import { printReport } from '../runs/print-report.ts';
import { oneRun } from '../runs/stored-run.ts';
import { printableIds } from '../runs/unfinished-runs.ts';
import { exitCodes } from '../terminal/exit-code.ts';
import { messagePrinter, type JsonOption, type Terminal } from '../terminal/terminal.ts';

/** Prints the report of a run again, by default of the last one. Starts nothing. */
export async function report(
  run: string | undefined,
  options: ConfigurationOptions & JsonOption & ExportOptions,
  terminal: Terminal
): Promise<number> {
  await refuseUnwritableExports(options, terminal);
  const { store, canRun } = await openResults(options, terminal);
  const word = run ?? 'last';
  const found = await store.readReport(word).finally(() => store.close());
  const { report: read, hasEnded } = oneRun(word, found);
  if (!hasEnded) {
    const state = canRun ? 'has not ended yet' : 'is unfinished';
    messagePrinter(terminal)(`${printableIds(read.run)} ${state}: this is what has ended so far.`);
  }
  if (!replacesText(options)) printReport(read, options, terminal);
  return (await writeExports(read, options, terminal)) ? exitCodes.passed : exitCodes.unjudged;
}

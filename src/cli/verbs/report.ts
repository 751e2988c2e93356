import type { ConfigurationOptions } from '../options/configuration-options.ts';
import type { ExportOptions } from '../options/export-options.ts';
import { refuseUnwritableExports, replacesText, writeExports } from '../runs/exports.ts';
import { printReport } from '../runs/print-report.ts';
import { noteIfUnfinished, storedReport } from '../runs/stored-report.ts';
import { exitCodes } from '../terminal/exit-code.ts';
import type { JsonOption, Terminal } from '../terminal/terminal.ts';

/** Prints the report of a run again, by default of the last one. Starts nothing. */
export async function report(
  run: string | undefined,
  options: ConfigurationOptions & JsonOption & ExportOptions,
  terminal: Terminal
): Promise<number> {
  await refuseUnwritableExports(options, terminal);
  const stored = await storedReport(run ?? 'last', options, terminal);
  noteIfUnfinished(stored, terminal);
  if (!replacesText(options)) printReport(stored.report, options, terminal);
  return (await writeExports(stored.report, options, terminal)) ? exitCodes.passed : exitCodes.unjudged;
}

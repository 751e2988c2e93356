import { newsOf } from '../../domain/records/earlier-runs.ts';
import { newsText } from '../../reports/listings/news-text.ts';
import type { ConfigurationOptions } from '../options/configuration-options.ts';
import type { ExportOptions } from '../options/export-options.ts';
import { refuseUnwritableExports, replacesText, writeExports } from '../runs/exports.ts';
import { printReport } from '../runs/print-report.ts';
import { storedRecords, type FoundRecords } from '../runs/stored-report.ts';
import { printableIds } from '../runs/unfinished-runs.ts';
import { sayWhichRun } from '../runs/which-run.ts';
import { exitCodes } from '../terminal/exit-code.ts';
import { Refusal } from '../terminal/refusal.ts';
import { styleFor } from '../terminal/colors.ts';
import { printResult, widthOf, type JsonOption, type Terminal } from '../terminal/terminal.ts';

export interface ReportOptions extends ConfigurationOptions, JsonOption, ExportOptions {
  /** Print only what is new. */
  sinceLast?: true | undefined;
}

/**
 * Prints the report of a run again, by default of the last one. Standard output is byte for byte what the run printed; what is
 * new since the previous run of the same selection goes to standard error before it. Starts nothing.
 */
export async function report(run: string | undefined, options: ReportOptions, terminal: Terminal): Promise<number> {
  await refuseUnwritableExports(options, terminal);
  if (options.sinceLast && replacesText(options))
    throw new Refusal('standard output takes one report: remove --since-last, or name a file');
  const formats = (options.exports ?? []).map(({ format }) => format);
  const word = run ?? 'last';
  const stored = await storedRecords(word, formats, options, terminal);
  if (options.sinceLast && !stored.hasEnded) {
    const id = printableIds(stored.report.run);
    throw new Refusal(`${id} has not ended: what is new is known at its end`, exitCodes.unjudged);
  }
  await sayWhichRun(stored, word, terminal);
  if (options.sinceLast) printNews(stored, options, terminal);
  else if (!replacesText(options)) {
    if (!options.json && stored.earlier !== null) announceNews(stored, terminal);
    printReport(stored.report, options, terminal);
  }
  const areWritten = await writeExports(stored.report, options, terminal, stored.extras);
  return areWritten ? exitCodes.passed : exitCodes.unjudged;
}

function printNews({ report: read, earlier }: FoundRecords, options: JsonOption, terminal: Terminal): void {
  const news = newsOf(read, earlier);
  const width = widthOf(terminal.stdout);
  printResult(news, (style) => newsText(news, read, { style, width }), options, terminal);
}

function announceNews({ report: read, earlier }: FoundRecords, terminal: Terminal): void {
  const { stderr, isQuiet = false } = terminal;
  if (isQuiet) return;
  stderr.write(
    `${newsText(newsOf(read, earlier), read, { style: styleFor(stderr, terminal), width: widthOf(stderr) })}\n`
  );
}

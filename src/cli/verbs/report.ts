import { shortList } from '../../domain/values/short-list.ts';
import { plural } from '../../reports/counts.ts';
import type { ConfigurationOptions } from '../options/configuration-options.ts';
import type { ExportOptions } from '../options/export-options.ts';
import { refuseUnwritableExports, replacesText, writeExports } from '../runs/exports.ts';
import { openResults } from '../runs/open-results.ts';
import { printReport } from '../runs/print-report.ts';
import { printableIds } from '../runs/unfinished-runs.ts';
import { exitCodes } from '../terminal/exit-code.ts';
import { ownCommand } from '../terminal/own-command.ts';
import { Refusal } from '../terminal/refusal.ts';
import { messagePrinter, type JsonOption, type Terminal } from '../terminal/terminal.ts';

const MAX_CANDIDATES_SHOWN = 5;

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
  if ('candidates' in found) throw noSuchRun(word, found.candidates);
  const { report: read, hasEnded } = found;
  if (!hasEnded) {
    const state = canRun ? 'has not ended yet' : 'is unfinished';
    messagePrinter(terminal)(`${printableIds(read.run)} ${state}: this is what has ended so far.`);
  }
  if (!replacesText(options)) printReport(read, options, terminal);
  return (await writeExports(read, options, terminal)) ? exitCodes.passed : exitCodes.unjudged;
}

function noSuchRun(word: string, candidates: readonly string[]): Refusal {
  const list = ownCommand('runs');
  if (candidates.length === 0) return new Refusal(`there is no run "${printableIds(word)}"; list them with ${list}`);
  const few = shortList(
    candidates.map((id) => printableIds(id)),
    MAX_CANDIDATES_SHOWN
  );
  return new Refusal(`"${printableIds(word)}" could be ${plural(candidates.length, 'run')}: ${few}`);
}

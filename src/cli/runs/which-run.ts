import { messagePrinter, problemPrinter, type Terminal } from '../terminal/terminal.ts';
import { newerRun } from './newer-run.ts';
import { newerText } from './newer-text.ts';
import type { FoundReport } from './stored-report.ts';
import { printableIds, shownRun } from './unfinished-runs.ts';

/** Says which run a word has led to, whether its report is complete, and which newer run the word might mean. */
export async function sayWhichRun(found: FoundReport, word: string, terminal: Terminal): Promise<void> {
  const { report, hasEnded, canRun } = found;
  messagePrinter(terminal)(`This is ${shownRun(report)}.`);
  const problem = problemPrinter(terminal);
  const state = canRun ? 'has not ended yet' : 'is unfinished';
  if (!hasEnded) problem(`${printableIds(report.run)} ${state}: this is what has ended so far.`);
  const newer = await newerRun(found, word, terminal);
  if (newer !== null) problem(`But ${newerText(newer)}`);
}

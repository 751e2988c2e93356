import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import type { ConfigurationOptions } from '../options/configuration-options.ts';
import type { ExportOptions } from '../options/export-options.ts';
import { attachTemporal } from '../runs/attach-temporal.ts';
import { earlierDurations } from '../runs/earlier-durations.ts';
import { endOfRun, fetchFullReport } from '../runs/end-of-run.ts';
import { refuseUnwritableExports, replacesText, writeExports } from '../runs/exports.ts';
import { findRun, type KnownRun } from '../runs/find-run.ts';
import { nothingJudgedText } from '../runs/nothing-judged.ts';
import { printReport } from '../runs/print-report.ts';
import { recordsForExports, storedReport } from '../runs/stored-report.ts';
import type { TemporalSession } from '../runs/temporal-session.ts';
import { printableIds } from '../runs/unfinished-runs.ts';
import { printRunLink, watchRun } from '../runs/watch-run.ts';
import { exitCodeFor, exitCodes } from '../terminal/exit-code.ts';
import { onInterrupt } from '../terminal/interrupts.ts';
import { ownCommand } from '../terminal/own-command.ts';
import { Refusal } from '../terminal/refusal.ts';
import { messagePrinter, type JsonOption, type Terminal } from '../terminal/terminal.ts';

type WatchOptions = ConfigurationOptions & JsonOption & ExportOptions;

/**
 * Shows a run that another process has started, and prints its report when it has ended. Starts nothing, and cancels
 * nothing. Resolves to the exit code of the run.
 */
export async function watch(run: string | undefined, options: WatchOptions, terminal: Terminal): Promise<number> {
  await refuseUnwritableExports(options, terminal);
  const report = await reportAtEnd(run, options, terminal);
  if (!replacesText(options)) printReport(report, options, terminal);
  const records = await recordsForExports(report, options, terminal);
  const areWritten = await writeExports(records.report, options, terminal, records.extras);
  const why = nothingJudgedText(report);
  if (why !== null) messagePrinter(terminal)(why);
  const exitCode = exitCodeFor(report);
  return exitCode === exitCodes.passed && !areWritten ? exitCodes.unjudged : exitCode;
}

async function reportAtEnd(run: string | undefined, options: WatchOptions, terminal: Terminal): Promise<FleetReport> {
  const session = await attachTemporal(terminal);
  try {
    const known = session === null ? null : await findRun(session.client, run);
    if (session !== null && known !== null && !known.hasEnded) return await follow(known, session, options, terminal);
    const report = await endedReport(run ?? 'last', session, options, terminal).catch(async (error: unknown) => {
      if (run === undefined) messagePrinter(terminal)('No run is under way.');
      if (known === null) throw error;
      return fetchFullReport(known.handle, await endOfRun(known.handle)); // there is no store
    });
    if (run === undefined) messagePrinter(terminal)('No run is under way. This is the last one:');
    return report;
  } finally {
    await session?.close();
  }
}

/** A Temporal that ends with its run has written the report before. */
async function follow(
  { handle, temporalRunId, startedAt }: KnownRun,
  session: TemporalSession,
  options: WatchOptions,
  terminal: Terminal
): Promise<FleetReport> {
  let isLost = false;
  void session.lost.then(() => (isLost = true));
  const interrupts = onInterrupt(() => undefined); // limits the shutdown after a signal
  try {
    printRunLink(handle, session, messagePrinter(terminal));
    const kind = { isOfAnother: true, startedAt, durations: earlierDurations(options, terminal) };
    return (await watchRun(Promise.resolve(handle), session, terminal, kind)).report;
  } catch (error) {
    const found = isLost ? await storedReport(temporalRunId, options, terminal).catch(() => null) : null;
    if (found?.hasEnded) return found.report;
    throw error;
  } finally {
    interrupts.stop();
  }
}

async function endedReport(
  word: string,
  session: TemporalSession | null,
  options: WatchOptions,
  terminal: Terminal
): Promise<FleetReport> {
  const { report, hasEnded } = await storedReport(word, options, terminal);
  if (hasEnded) return report;
  const [id, soFar] = [printableIds(report.run), ownCommand('report', report.run)];
  const why =
    session === null
      ? `is unfinished, and no Temporal runs here: resume it with ${ownCommand('run', '--resume')}`
      : 'was ended from outside, so it has no report';
  throw new Refusal(`${id} ${why}\nThe servers that have ended: ${soFar}`, exitCodes.unjudged);
}

import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import type { ConfigurationOptions } from '../options/configuration-options.ts';
import type { ExportOptions } from '../options/export-options.ts';
import { attachTemporal } from '../runs/attach-temporal.ts';
import { earlierDurations } from '../runs/earlier-durations.ts';
import { endOfRun, fetchFullReport } from '../runs/end-of-run.ts';
import { refuseUnwritableExports, replacesText, writeExports } from '../runs/exports.ts';
import { findRun } from '../runs/find-run.ts';
import type { KnownRun } from '../runs/known-run.ts';
import { nothingJudgedText } from '../runs/nothing-judged.ts';
import { printReport } from '../runs/print-report.ts';
import { recordsForExports, storedReport, type FoundReport } from '../runs/stored-report.ts';
import type { TemporalSession } from '../runs/temporal-session.ts';
import { printableIds, shownRun } from '../runs/unfinished-runs.ts';
import { printRunLink, watchRun } from '../runs/watch-run.ts';
import { sayWhichRun } from '../runs/which-run.ts';
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
    if (run === undefined) messagePrinter(terminal)('No run is under way.');
    if (known !== null) return await endedReport(known, options, terminal);
    const stored = await newestOrNamed(run, options, terminal);
    await sayWhichRun(stored, run ?? stored.report.temporalRunId, terminal);
    if (!stored.hasEnded) throw unfinishedRefusal(stored.report.run, session !== null);
    return stored.report;
  } finally {
    await session?.close();
  }
}

/** Without a word, a run that a crash has left unfinished is the last one. */
async function newestOrNamed(run: string | undefined, options: WatchOptions, terminal: Terminal): Promise<FoundReport> {
  const found = await storedReport(run ?? 'last', options, terminal);
  const { newer } = found;
  return run === undefined && newer !== null ? storedReport(newer.temporalRunId, options, terminal) : found;
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

/** The report of a run that Temporal knows: with complete rows from the store, if that has it. */
async function endedReport(
  { handle, temporalRunId, startedAt }: KnownRun,
  options: WatchOptions,
  terminal: Terminal
): Promise<FleetReport> {
  const about = { run: handle.workflowId, startedAt: startedAt.toISOString() };
  messagePrinter(terminal)(`This is ${shownRun(about)}.`);
  const stored = await storedReport(temporalRunId, options, terminal).catch(() => null);
  return stored?.hasEnded ? stored.report : fetchFullReport(handle, await endOfRun(handle));
}

function unfinishedRefusal(run: string, isTemporalHere: boolean): Refusal {
  const why = isTemporalHere
    ? 'was ended from outside, so it has no report'
    : `is unfinished, and no Temporal runs here: resume it with ${ownCommand('run', '--resume')}`;
  const soFar = `The servers that have ended: ${ownCommand('report', run)}`;
  return new Refusal(`${printableIds(run)} ${why}\n${soFar}`, exitCodes.unjudged);
}

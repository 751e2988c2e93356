import type { WorkflowHandle } from '@temporalio/client';
import type { ConfigurationSource } from '../../config/configuration-source.ts';
import type { FleetInput } from '../../domain/plans/plan.ts';
import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import { baselineHint } from '../baseline/baseline-hint.ts';
import type { ConfigurationOptions } from '../options/configuration-options.ts';
import type { ExportOptions } from '../options/export-options.ts';
import { exitCodeFor, exitCodes } from '../terminal/exit-code.ts';
import { onInterrupt, unlessInterrupted, type Interrupts } from '../terminal/interrupts.ts';
import { ownCommand } from '../terminal/own-command.ts';
import { isRunInProgress } from '../terminal/end-process.ts';
import { beginRun, resumeRun } from './begin-run.ts';
import { detachRefusal } from './detach-refusal.ts';
import { earlierDurations } from './earlier-durations.ts';
import { replacesText, writeExports } from './exports.ts';
import { recordsForExports } from './stored-report.ts';
import { nothingJudgedText } from './nothing-judged.ts';
import { openTemporal } from './open-temporal.ts';
import type { TemporalSession } from './temporal-session.ts';
import { messagePrinter, problemPrinter, type Terminal } from '../terminal/terminal.ts';
import { printReport } from './print-report.ts';
import { printRunLink, watchRun } from './watch-run.ts';
import { rejectWhenTemporalStops } from './reject-when-temporal-stops.ts';
import { waitForOtherRuns } from './wait-for-other-runs.ts';

/** Options of a run that only the command line needs, not the workflow. */
export interface CliRunOptions extends ConfigurationOptions, ExportOptions {
  measureOnly?: true | undefined;
  json?: true | undefined;
  /** All details of a check. */
  verbose?: true | undefined;
  /** Start the run, and do not wait for its end. */
  detach?: true | undefined;
  /** Resume the run that a crash left unfinished instead of starting a new one. */
  resume?: true | undefined;
}

/**
 * Starts or resumes a run, waits for its end and prints its report. Resolves to the exit code.
 * @throws Refusal if it was not started, or ended without a report
 */
export async function runFleet(
  configuration: ConfigurationSource,
  input: FleetInput,
  options: CliRunOptions,
  terminal: Terminal
): Promise<number> {
  const warn = problemPrinter(terminal);
  // Installed first, so that a Temporal that is still starting is shut down cleanly.
  const interrupts = onInterrupt(() => {
    if (!isRunInProgress()) warn('Ending. Press Ctrl-C again to leave at once.');
  });
  let session: TemporalSession | null = null;
  try {
    session = await unlessInterrupted(interrupts, openTemporal({ configuration, terminal }));
    const signal = interrupts.exitCode();
    if (session === null || signal !== null) return signal!;
    const exitCode = await runWithOthers(session, { configuration, input, options, interrupts, terminal });
    return interrupts.exitCode() ?? exitCode;
  } finally {
    await session?.close();
    interrupts.stop();
  }
}

interface RunToEnd {
  configuration: ConfigurationSource;
  input: FleetInput;
  options: CliRunOptions;
  interrupts: Interrupts;
  terminal: Terminal;
}

/** Then waits for runs that others have started meanwhile, which need our Temporal and its worker. */
async function runWithOthers(session: TemporalSession, run: RunToEnd): Promise<number> {
  let ownRun: string | null = null;
  let isServing = false;
  const serving = {
    ...session,
    startWorker: () => {
      isServing = session.own;
      return session.startWorker();
    },
  };
  try {
    return await runIn(serving, run, (runId) => (ownRun = runId));
  } finally {
    if (isServing) await waitForOtherRuns(session, ownRun, run.interrupts, problemPrinter(run.terminal));
  }
}

/** Starts or resumes a run in a session, waits for its end and prints its report. */
async function runIn(session: TemporalSession, run: RunToEnd, isStarted: (runId: string) => void): Promise<number> {
  const { configuration, input, options, interrupts, terminal } = run;
  const [say, warn] = [messagePrinter(terminal), problemPrinter(terminal)];
  if (options.detach && session.own) throw detachRefusal();
  const starting = options.resume
    ? resumeRun(session, warn)
    : beginRun(session, input, { say: warn, signal: interrupts.signal });
  const started = rejectWhenTemporalStops(session, starting);
  if (options.detach) return printDetachedRun(await started, terminal);
  const what = input.checkOnly ? 'check' : 'run';
  const until = session.own ? `the ${what} ends` : undefined;
  const handle = started.then((each) => {
    isStarted(each.workflowId);
    return printRunLink(each, session, say, until);
  });
  const kind = { isCheck: input.checkOnly ?? false, durations: earlierDurations(options, terminal) };
  const { report, interrupted } = await watchRun(handle, session, terminal, kind);
  const areExported = await showReport(report, options, configuration, terminal);
  const asked = { measureOnly: options.measureOnly ?? false };
  const why = interrupted === null ? nothingJudgedText(report, asked) : null;
  if (why !== null) say(why);
  if (session.own && !report.checkOnly) say(`Look at it again: ${ownCommand('open', report.run)}`);
  if (interrupted !== null) return interrupted;
  const ofReport = exitCodeFor(report, asked);
  return ofReport === exitCodes.passed && !areExported ? exitCodes.unjudged : ofReport;
}

/** Resolves to whether all exports were written. One to standard output takes the place of the text. */
async function showReport(
  report: FleetReport,
  options: CliRunOptions,
  configuration: ConfigurationSource,
  terminal: Terminal
): Promise<boolean> {
  if (!replacesText(options)) {
    printReport(report, options, terminal);
    const offer = options.json || terminal.isQuiet ? null : baselineHint(report, options, configuration);
    if (offer !== null) terminal.stdout.write(offer);
  }
  const records = await recordsForExports(report, options, terminal);
  return writeExports(records.report, options, terminal, records.extras);
}

/** Prints the id of a run that goes on, and the commands for its result and its end. */
export function printDetachedRun({ workflowId }: Pick<WorkflowHandle, 'workflowId'>, terminal: Terminal): number {
  const say = messagePrinter(terminal);
  say(`Watch: ${ownCommand('watch', workflowId)}`);
  say(`Result: ${ownCommand('temporal', 'workflow', 'result', '--workflow-id', workflowId)}`);
  say(`Cancel: ${ownCommand('cancel', workflowId)}`);
  terminal.stdout.write(`${workflowId}\n`);
  return exitCodes.passed;
}

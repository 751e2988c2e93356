import type { WorkflowHandle } from '@temporalio/client';
import type { ConfigurationSource } from '../../config/configuration-source.ts';
import type { FleetInput } from '../../domain/plans/plan.ts';
import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import { baselineHint } from '../baseline/baseline-hint.ts';
import type { ConfigurationOptions } from '../options/configuration-options.ts';
import type { ExportOptions } from '../options/export-options.ts';
import { exitCodeFor, exitCodes } from '../terminal/exit-code.ts';
import type { WorkerWait } from './wait-for-worker.ts';
import { onInterrupt, unlessInterrupted } from '../terminal/interrupts.ts';
import { ownCommand } from '../terminal/own-command.ts';
import { Refusal } from '../terminal/refusal.ts';
import { isRunInProgress } from '../terminal/end-process.ts';
import { detachRefusal } from './detach-refusal.ts';
import { earlierDurations } from './earlier-durations.ts';
import { replacesText, writeExports } from './exports.ts';
import { recordsForExports } from './stored-report.ts';
import { startRun } from './start-run.ts';
import { waitForOtherRuns } from './keep-session-open.ts';
import { openTemporal } from './open-temporal.ts';
import type { TemporalSession } from './temporal-session.ts';
import { messagePrinter, problemPrinter, type Terminal } from '../terminal/terminal.ts';
import { printableIds, unfinishedRuns } from './unfinished-runs.ts';
import { printReport } from './print-report.ts';
import { printRunLink, watchRun } from './watch-run.ts';
import { rejectWhenTemporalStops } from './reject-when-temporal-stops.ts';

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
  const [say, warn] = [messagePrinter(terminal), problemPrinter(terminal)];
  // Installed first, so that a Temporal that is still starting is shut down cleanly.
  const interrupts = onInterrupt(() => {
    if (!isRunInProgress()) warn('Ending. Press Ctrl-C again to leave at once.');
  });
  let session: TemporalSession | null = null;
  try {
    session = await unlessInterrupted(interrupts, openTemporal({ configuration, terminal }));
    const signal = interrupts.exitCode();
    if (session === null || signal !== null) return signal!;
    if (options.detach && session.own) throw detachRefusal();
    const starting = options.resume ? resume(session) : start(session, input, { say: warn, signal: interrupts.signal });
    const started = rejectWhenTemporalStops(session, starting);
    if (options.detach) return printDetachedRun(await started, terminal);
    const what = input.checkOnly ? 'check' : 'run';
    const until = session.own ? `the ${what} ends` : undefined;
    const handle = started.then((run) => printRunLink(run, session!, say, until));
    const kind = { isCheck: input.checkOnly ?? false, durations: earlierDurations(options, terminal) };
    const { report, interrupted } = await watchRun(handle, session, terminal, kind);
    const areExported = await showReport(report, options, configuration, terminal);
    if (session.own && !report.checkOnly) say(`Look at it again: ${ownCommand('open', report.run)}`);
    const exitCode = interrupted ?? (await waitForOtherRuns(session, report.run, warn));
    if (exitCode !== null) return exitCode;
    const ofReport = exitCodeFor(report, { measureOnly: options.measureOnly ?? false });
    return ofReport === exitCodes.passed && !areExported ? exitCodes.unjudged : ofReport;
  } finally {
    await session?.close();
    interrupts.stop();
  }
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

async function start(session: TemporalSession, input: FleetInput, wait: WorkerWait): Promise<WorkflowHandle> {
  const unfinished = session.own ? await unfinishedRuns(session.client) : [];
  session.refuseOtherConfiguration(unfinished);
  if (unfinished.length > 0) {
    throw new Refusal(
      `an earlier run is not finished: ${printableIds(...unfinished)}\n` +
        `Resume it: ${ownCommand('run', '--resume')}\nOr cancel it: ${ownCommand('cancel')}`
    );
  }
  return startRun(session, input, wait);
}

async function resume(session: TemporalSession): Promise<WorkflowHandle> {
  const runs = await unfinishedRuns(session.client);
  session.refuseOtherConfiguration(runs);
  const [runId, ...more] = runs;
  if (runId === undefined)
    throw new Refusal(
      `there is no unfinished run to resume; the report of one that has ended: ${ownCommand('report')}`
    );
  if (more.length > 0)
    throw new Refusal(
      `several runs are not finished: ${printableIds(runId, ...more)}\nCancel all but one: ${ownCommand('cancel', runId)}`
    );
  await session.startWorker();
  return session.client.workflow.getHandle(runId);
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

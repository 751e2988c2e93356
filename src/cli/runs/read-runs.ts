import type { WorkflowHandle } from '@temporalio/client';
import type { ConfigurationSource } from '../../config/configuration-source.ts';
import { readReport, type MeasuredRun } from '../../domain/reports/read-report.ts';
import { exitCodes } from '../terminal/exit-code.ts';
import { ownCommand } from '../terminal/own-command.ts';
import { Refusal } from '../terminal/refusal.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { endOfRun, fetchFullReport, isUnknownRun } from './end-of-run.ts';
import { openTemporal } from './open-temporal.ts';
import { readReportFile } from './read-report-file.ts';
import type { TemporalSession } from './temporal-session.ts';
import { printableIds } from './unfinished-runs.ts';

/** Runs by id and reports by file; with neither, the last finished run of these servers. */
interface RunsToRead {
  ids: readonly string[];
  files: readonly string[];
  serverIds: ReadonlySet<string>;
}

/** How many recent runs are searched. */
const MAX_RUNS_READ = 50;

/**
 * Reads the reports of the given runs, without duplicates.
 * @param configuration - for the embedded Temporal
 * @throws Refusal if a run is unknown or still running, or a report is unreadable
 */
export async function readRuns(
  { ids, files, serverIds }: RunsToRead,
  configuration: ConfigurationSource,
  terminal: Terminal
): Promise<MeasuredRun[]> {
  const runs: MeasuredRun[] = [];
  for (const file of new Set(files)) runs.push(await readReportFile(file, terminal.stdin));
  if (ids.length > 0 || files.length === 0) {
    const session = await openTemporal({ configuration, terminal, attachToAny: true });
    try {
      for (const id of new Set(ids)) runs.push(await finishedRun(session, id));
      if (ids.length === 0) runs.push(await lastFinishedRun(session, serverIds));
    } finally {
      await session.close();
    }
  }
  // The same run may come from Temporal and from a file.
  return [...new Map(runs.map((run) => [`${run.run} ${run.temporalRunId}`, run])).values()];
}

/** The report of a finished run. @throws Refusal if the run is unknown, still running, or has no report */
async function finishedRun(session: TemporalSession, runId: string): Promise<MeasuredRun> {
  const handle = session.client.workflow.getHandle(runId);
  const shown = printableIds(runId);
  const { closeTime } = await handle.describe().catch((error: unknown) => {
    if (!isUnknownRun(error)) throw error;
    throw new Refusal(`there is no run "${shown}": use the id that the run printed at its start`);
  });
  if (closeTime === undefined) throw new Refusal(`${shown} is still running: wait for its end`);
  return reportOf(handle, session);
}

/**
 * The last completed fleet run that measured one of these servers. Checks do not count: they measure nothing.
 * @throws Refusal if there is none
 */
async function lastFinishedRun(session: TemporalSession, serverIds: ReadonlySet<string>): Promise<MeasuredRun> {
  const { workflow } = session.client;
  const query = "WorkflowType = 'benchmarkFleet' AND ExecutionStatus = 'Completed'";
  const found: { workflowId: string; runId: string; closed: number }[] = [];
  for await (const { workflowId, runId, closeTime } of workflow.list({ query })) {
    found.push({ workflowId, runId, closed: closeTime?.getTime() ?? 0 });
    if (found.length === MAX_RUNS_READ) break; // Temporal lists the last ones first
  }
  found.sort((a, b) => b.closed - a.closed);
  for (const { workflowId, runId } of found) {
    const report = await reportOf(workflow.getHandle(workflowId, runId), session).catch((error: unknown) => {
      if (error instanceof Refusal) return null;
      throw error;
    });
    const measured = report?.servers.some(({ serverId, benchmarks }) => {
      return serverIds.has(serverId) && benchmarks.some(({ measurements }) => measurements.length > 0);
    });
    if (report && measured) return report;
  }
  throw new Refusal(`there is no finished run of these servers: start one with ${ownCommand('run', '--measure-only')}`);
}

async function reportOf(handle: WorkflowHandle, { own }: TemporalSession): Promise<MeasuredRun> {
  const report = await endOfRun(handle);
  // The embedded Temporal has no worker here: starting one would also resume unfinished runs.
  const read = readReport(own ? report : await fetchFullReport(handle, report));
  if (read !== null) return read;
  throw new Refusal(`the report of ${printableIds(handle.workflowId)} has an unknown format`, exitCodes.unjudged);
}

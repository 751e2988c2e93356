import type { WorkflowHandle } from '@temporalio/client';
import type { ConfigurationSource } from '../../config/configuration-source.ts';
import { readReport, type MeasuredRun } from '../../domain/reports/read-report.ts';
import { exitCodes } from '../terminal/exit-code.ts';
import { Refusal } from '../terminal/refusal.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { endOfRun, fetchFullReport, isUnknownRun } from './end-of-run.ts';
import { MAX_RUNS_READ, measuredOneOf, noRunRefusal } from './measured-runs.ts';
import { openTemporal } from './open-temporal.ts';
import type { TemporalSession } from './temporal-session.ts';
import { printableIds } from './unfinished-runs.ts';

/**
 * The reports of these runs, or of the last one that measured one of these servers, where no results store is configured.
 * @throws Refusal if a run is unknown or still running, or its report is unreadable
 */
export async function runsInTemporal(
  ids: readonly string[],
  serverIds: ReadonlySet<string>,
  configuration: ConfigurationSource,
  terminal: Terminal
): Promise<MeasuredRun[]> {
  const session = await openTemporal({ configuration, terminal });
  try {
    if (ids.length === 0) return [await lastFinishedRun(session, serverIds)];
    const runs: MeasuredRun[] = [];
    for (const id of ids) runs.push(await finishedRun(session, id));
    return runs;
  } finally {
    await session.close();
  }
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
  return reportOf(handle);
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
    const report = await reportOf(workflow.getHandle(workflowId, runId)).catch((error: unknown) => {
      if (error instanceof Refusal) return null;
      throw error;
    });
    if (report !== null && measuredOneOf(serverIds, report)) return report;
  }
  throw noRunRefusal();
}

async function reportOf(handle: WorkflowHandle): Promise<MeasuredRun> {
  const read = readReport(await fetchFullReport(handle, await endOfRun(handle)));
  if (read !== null) return read;
  throw new Refusal(`the report of ${printableIds(handle.workflowId)} has an unknown format`, exitCodes.unjudged);
}

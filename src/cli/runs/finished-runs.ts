import { isGrpcServiceError, ServiceError } from '@temporalio/client';
import type { WorkflowHandle } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import { readReport } from '../../domain/reports/read-report.ts';
import type { MeasuredRun } from '../../domain/reports/read-report.ts';
import { exitCodes } from '../terminal/exit-code.ts';
import { endOfRun } from './follow-run.ts';
import { ownCommand } from '../terminal/own-command.ts';
import { Refusal } from '../terminal/refusal.ts';
import type { TemporalSession } from './temporal-session.ts';
import { printableIds } from './unfinished-runs.ts';
import { fetchFullReport } from './fetch-full-report.ts';

type Temporal = Pick<TemporalSession, 'client' | 'own'>;

/** How many recent runs are searched. */
const MAX_RUNS_READ = 50;

const INVALID_ARGUMENT = 3;

/** The report of a finished run. @throws Refusal if the run is unknown, still running, or has no report */
export async function finishedRun(temporal: Temporal, runId: string): Promise<MeasuredRun> {
  const handle = temporal.client.workflow.getHandle(runId);
  const { closeTime } = await handle.describe().catch((error: unknown) => {
    if (!isUnknownRun(error)) throw error;
    throw new Refusal(
      `there is no run "${printableIds(runId)}": use the id that the run printed at its start`,
      undefined,
      {
        cause: error,
      }
    );
  });
  if (closeTime === undefined) throw new Refusal(`${printableIds(runId)} is still running: wait for its end`);
  return reportOf(handle, temporal);
}

/** Whether Temporal does not know the id, or rejects it as invalid. */
function isUnknownRun(error: unknown): boolean {
  if (error instanceof WorkflowNotFoundError) return true;
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) && Number(cause.code) === INVALID_ARGUMENT;
}

/**
 * The last completed fleet run that measured one of these servers. Checks do not count: they measure nothing.
 * @throws Refusal if there is none
 */
export async function lastFinishedRun(temporal: Temporal, serverIds: ReadonlySet<string>): Promise<MeasuredRun> {
  const { client } = temporal;
  const query = "WorkflowType = 'benchmarkFleet' AND ExecutionStatus = 'Completed'";
  const found: { workflowId: string; runId: string; closed: number }[] = [];
  for await (const { workflowId, runId, closeTime } of client.workflow.list({ query })) {
    found.push({ workflowId, runId, closed: closeTime?.getTime() ?? 0 });
    if (found.length === MAX_RUNS_READ) break; // Temporal lists the last ones first
  }
  found.sort((a, b) => b.closed - a.closed);
  for (const { workflowId, runId } of found) {
    const report = await reportOf(client.workflow.getHandle(workflowId, runId), temporal).catch((error: unknown) => {
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

async function reportOf(handle: WorkflowHandle, { own }: Temporal): Promise<MeasuredRun> {
  const { report } = await endOfRun(handle, new AbortController().signal);
  // The embedded Temporal has no worker here: starting one would also resume unfinished runs.
  const read = readReport(own ? report : await fetchFullReport(handle, report));
  if (read !== null) return read;
  throw new Refusal(`the report of ${printableIds(handle.workflowId)} has an unknown format`, exitCodes.unjudged);
}

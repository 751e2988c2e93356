import { isGrpcServiceError, ServiceError, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure, WorkflowNotFoundError } from '@temporalio/common';
import { setTimeout as delay } from 'node:timers/promises';
import { advice, isFailureKind, refusals } from '../../domain/failures/failure.ts';
import type { FleetProgress } from '../../domain/reports/fleet-progress.ts';
import { aggregate, isTruncated, withWholeRows, type FleetReport } from '../../domain/reports/fleet-report.ts';
import { readServerRow } from '../../domain/reports/read-report.ts';
import { isServerId } from '../../domain/servers/server.ts';
import { printable } from '../../domain/values/untrusted.ts';
import type { ServerRow } from '../../domain/verdicts/server-row.ts';
import { exitCodes } from '../terminal/exit-code.ts';
import { ownCommand } from '../terminal/own-command.ts';
import { Refusal } from '../terminal/refusal.ts';
import { printableIds } from './unfinished-runs.ts';

const INVALID_ARGUMENT = 3;

/** DEADLINE_EXCEEDED, UNAVAILABLE */
const UNAVAILABLE_CODES: readonly number[] = [4, 14];

/**
 * Waits for the end of a run, or until `left` aborts, also while Temporal is unavailable. Resolves to the report, which is
 * partial if the run was cancelled.
 * @throws Refusal if the run was refused (exit code 2), or ended without a report (3)
 */
export async function endOfRun(handle: WorkflowHandle, left?: AbortSignal): Promise<FleetReport> {
  for (;;) {
    try {
      const result: unknown = await handle.result();
      const report = isReport(result) ? result : await reportOfServer(handle, result);
      if (report !== null) return report;
      throw noReportRefusal(handle, 'returned an invalid report');
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) throw unknownRunRefusal(handle);
      if (isUnavailable(error)) await delay(1_000, undefined, { signal: left });
      else if (error instanceof WorkflowFailedError) return reportOfFailed(handle, error.cause);
      else throw error;
    }
  }
}

/** The database was deleted or replaced, or the retention period of the run has passed. */
function unknownRunRefusal({ workflowId }: WorkflowHandle): Refusal {
  const message =
    `Temporal no longer knows the run ${printableIds(workflowId)}: its database was deleted or replaced\n` +
    `Jobs that still run on the servers end at their own time limits. Start again: ${ownCommand('run')}`;
  return new Refusal(message, exitCodes.unjudged);
}

function noReportRefusal({ workflowId }: WorkflowHandle, why: string): Refusal {
  return new Refusal(`${printableIds(workflowId)} ${why}`, exitCodes.unjudged);
}

async function reportOfFailed(handle: WorkflowHandle, cause: unknown): Promise<FleetReport> {
  if (cause instanceof CancelledFailure) {
    const { memo } = await handle.describe();
    if (memo?.['report']) return memo['report'] as FleetReport;
    throw noReportRefusal(handle, 'was cancelled before it knew its servers');
  }
  const ofServer = cause instanceof ApplicationFailure ? await reportOfServer(handle, cause.details?.[0]) : null;
  if (ofServer !== null) return ofServer;
  throw failureRefusal(cause) ?? noReportRefusal(handle, `ended without a report: ${messageOf(cause)}`);
}

/** How a command ends when its workflow failed with a known kind of failure; null for any other error. */
export function failureRefusal(cause: unknown): Refusal | null {
  if (!(cause instanceof ApplicationFailure) || !isFailureKind(cause.type)) return null;
  const exitCode = refusals.includes(cause.type) ? exitCodes.refused : exitCodes.unjudged;
  return new Refusal(`${cause.message}\n${advice[cause.type]}`, exitCode);
}

export function messageOf(cause: unknown): string {
  return cause instanceof Error ? printable(cause.message, 500) : 'unknown';
}

function isReport(value: unknown): value is FleetReport {
  return typeof value === 'object' && value !== null && 'schemaVersion' in value;
}

/** The report of a `benchmarkServer` that was started by hand: one row; null if the value is not a row. */
async function reportOfServer(handle: WorkflowHandle, value: unknown): Promise<FleetReport | null> {
  const { serverId } = (value ?? {}) as { serverId?: unknown };
  const row = isServerId(serverId) ? readServerRow(value, serverId) : null;
  if (row === null) return null;
  const { workflowId: run, runId: temporalRunId, startTime, closeTime } = await handle.describe();
  const seconds = ((closeTime?.getTime() ?? Date.now()) - startTime.getTime()) / 1000;
  return aggregate({ run, temporalRunId, note: null, startedAt: startTime.toISOString(), seconds }, [row]);
}

/**
 * Replaces the truncated rows of a large report with full rows from the progress query. Without a worker to answer it,
 * returns the report unchanged.
 * @param known - the rows that earlier queries have returned
 */
export async function fetchFullReport(
  handle: WorkflowHandle,
  report: FleetReport,
  known: readonly ServerRow[] = []
): Promise<FleetReport> {
  if (!isTruncated(report)) return report;
  const rows = [...known];
  try {
    while (rows.length < report.requested) {
      const page = await handle.query<FleetProgress, [number]>('progress', rows.length);
      if (page.rows.length === 0) break;
      rows.push(...page.rows);
    }
  } catch {
    return report;
  }
  return withWholeRows(report, rows);
}

/** Whether a call failed because Temporal was unavailable, and can be retried. */
export function isUnavailable(error: unknown): boolean {
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) && UNAVAILABLE_CODES.includes(Number(cause.code));
}

/** Whether Temporal does not know the id, or rejects it as invalid. */
export function isUnknownRun(error: unknown): boolean {
  if (error instanceof WorkflowNotFoundError) return true;
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) && Number(cause.code) === INVALID_ARGUMENT;
}

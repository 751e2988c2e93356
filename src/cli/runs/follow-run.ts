import { isGrpcServiceError, QueryNotRegisteredError, ServiceError, WorkflowFailedError } from '@temporalio/client';
import type { WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure, WorkflowNotFoundError } from '@temporalio/common';
import { setTimeout as delay } from 'node:timers/promises';
import { advice, isFailureKind, refusals } from '../../domain/failures/failure.ts';
import type { FleetProgress } from '../../domain/reports/fleet-progress.ts';
import { aggregate } from '../../domain/reports/fleet-report.ts';
import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import { readServerRow } from '../../domain/reports/read-report.ts';
import { isServerId } from '../../domain/servers/server.ts';
import type { ServerRow } from '../../domain/verdicts/server-row.ts';
import { printable } from '../../domain/values/untrusted.ts';
import { exitCodes } from '../terminal/exit-code.ts';
import { ownCommand } from '../terminal/own-command.ts';
import { Refusal } from '../terminal/refusal.ts';
import { printableIds } from './unfinished-runs.ts';
import { fetchFullReport } from './fetch-full-report.ts';

const POLL_MS = 500;
/** DEADLINE_EXCEEDED, UNAVAILABLE */
const UNAVAILABLE_CODES: readonly number[] = [4, 14];

export interface RunEnd {
  report: FleetReport;
  cancelled: boolean;
}

export interface Follower {
  show: (progress: FleetProgress) => void;
  /** Called each time a worker answers a query. */
  answered: () => void;
  /** Resolves with a message when the embedded Temporal has ended. */
  lost: Promise<string>;
}

/**
 * Waits for the end of a run and shows its progress. Waits as well while Temporal is unavailable.
 * @throws Refusal if the run was refused (exit code 2), ended without a report, or its Temporal has ended (3)
 */
export async function followRun(handle: WorkflowHandle, follower: Follower): Promise<RunEnd> {
  const ended = new AbortController();
  const rows: ServerRow[] = [];
  void watch(handle, follower, rows, ended.signal);
  const lost = follower.lost.then((why) => {
    const what = `${why} before the run ${printableIds(handle.workflowId)} ended`;
    throw new Refusal(`${what}\nResume it: ${ownCommand('run', '--resume')}`, exitCodes.unjudged);
  });
  const end = endOfRun(handle, ended.signal);
  end.catch(() => undefined); // it may reject after `lost` has won the race
  try {
    const { report, cancelled } = await Promise.race([end, lost]);
    ended.abort();
    return { report: await fetchFullReport(handle, report, rows), cancelled };
  } finally {
    ended.abort();
  }
}

/** Polls the progress until `ended`. @param rows - receives the rows of servers that have ended */
async function watch(
  handle: WorkflowHandle,
  { show, answered }: Follower,
  rows: ServerRow[],
  ended: AbortSignal
): Promise<void> {
  let knowsServers = false;
  while (!ended.aborted) {
    try {
      // By name: importing the query definition would load the workflow library.
      const progress: FleetProgress = await handle.query<FleetProgress, [number, boolean]>(
        'progress',
        rows.length,
        !knowsServers
      );
      if (ended.aborted) return;
      rows.push(...progress.rows);
      knowsServers ||= progress.serverIds !== undefined;
      answered();
      show(progress);
    } catch (error) {
      // `endOfRun` waits for the end, and the next answer repeats everything. A single `benchmarkServer` has no such query.
      if (error instanceof QueryNotRegisteredError) answered();
    }
    await delay(POLL_MS, undefined, { signal: ended }).catch(() => undefined);
  }
}

/** Waits for the end of a run, or until `ended` aborts. @throws Refusal as {@link followRun} */
export async function endOfRun(handle: WorkflowHandle, ended: AbortSignal): Promise<RunEnd> {
  for (;;) {
    try {
      const result: unknown = await handle.result();
      const report = isReport(result) ? result : await reportOfServer(handle, result);
      if (report !== null) return { report, cancelled: false };
      throw new Refusal(
        `${printableIds(handle.workflowId)} ended with something that is not a report`,
        exitCodes.unjudged
      );
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) throw unknownRunRefusal(handle, error);
      if (isUnavailable(error)) await delay(1_000, undefined, { signal: ended });
      else if (error instanceof WorkflowFailedError) return endWithoutReport(handle, error.cause);
      else throw error;
    }
  }
}

/** The database was deleted or replaced, or the retention period of the run has passed. */
function unknownRunRefusal({ workflowId }: WorkflowHandle, cause: Error): Refusal {
  return new Refusal(
    `Temporal no longer knows the run ${printableIds(workflowId)}: its database was deleted or replaced\n` +
      `Jobs that still run on the servers end at their own time limits. Start again: ${ownCommand('run')}`,
    exitCodes.unjudged,
    { cause }
  );
}

async function endWithoutReport(handle: WorkflowHandle, cause: unknown): Promise<RunEnd> {
  if (cause instanceof CancelledFailure) {
    const { memo } = await handle.describe();
    if (memo?.['report']) return { report: memo['report'] as FleetReport, cancelled: true };
    throw new Refusal(
      `${printableIds(handle.workflowId)} was cancelled before it knew its servers`,
      exitCodes.unjudged
    );
  }
  const ofServer = cause instanceof ApplicationFailure ? await reportOfServer(handle, cause.details?.[0]) : null;
  if (ofServer !== null) return { report: ofServer, cancelled: false };
  if (cause instanceof ApplicationFailure && isFailureKind(cause.type)) {
    const refused = refusals.includes(cause.type);
    throw new Refusal(`${cause.message}\n${advice[cause.type]}`, refused ? exitCodes.refused : exitCodes.unjudged);
  }
  const why = cause instanceof Error ? cause.message : 'unknown';
  throw new Refusal(
    `${printableIds(handle.workflowId)} ended without a report: ${printable(why, 500)}`,
    exitCodes.unjudged
  );
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

/** Whether a call failed because Temporal was unavailable, and can be retried. */
export function isUnavailable(error: unknown): boolean {
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) && UNAVAILABLE_CODES.includes(Number(cause.code));
}

import { isGrpcServiceError, ServiceError, WorkflowFailedError } from '@temporalio/client';
import type { WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { setTimeout as delay } from 'node:timers/promises';
import { advice, isFailureKind, refusals } from '../domain/failure.ts';
import type { FleetProgress } from '../domain/fleet-progress.ts';
import type { FleetReport } from '../domain/fleet-report.ts';
import { exitCodes } from './exit-code.ts';
import { Refusal } from './refusal.ts';

const POLL_MS = 500;
const UNAVAILABLE = 14;

export interface RunEnd {
  report: FleetReport;
  cancelled: boolean;
}

/**
 * Waits for the end of a run and tells of it meanwhile. A Temporal that goes away is waited for.
 * @throws Refusal if the run was refused (exit code 2), or ended without a report (3)
 */
export async function followRun(handle: WorkflowHandle, show: (progress: FleetProgress) => void): Promise<RunEnd> {
  const ended = new AbortController();
  const watching = watch(handle, show, ended.signal);
  try {
    return await endOf(handle);
  } finally {
    ended.abort();
    await watching;
  }
}

async function watch(
  handle: WorkflowHandle,
  show: (progress: FleetProgress) => void,
  ended: AbortSignal
): Promise<void> {
  let after = 0;
  while (!ended.aborted) {
    try {
      // By name: the definition of the query would load the workflow library here.
      const progress = await handle.query<FleetProgress, [number]>('progress', after);
      after += progress.rows.length;
      show(progress);
    } catch {
      // No worker answers, or Temporal does not: the end is waited for elsewhere, and the next answer has it all.
    }
    await delay(POLL_MS, undefined, { signal: ended }).catch(() => undefined);
  }
}

async function endOf(handle: WorkflowHandle): Promise<RunEnd> {
  for (;;) {
    try {
      return { report: (await handle.result()) as FleetReport, cancelled: false };
    } catch (error) {
      if (isUnavailable(error)) await delay(1_000);
      else if (error instanceof WorkflowFailedError) return endWithout(handle, error.cause);
      else throw error;
    }
  }
}

async function endWithout(handle: WorkflowHandle, cause: unknown): Promise<RunEnd> {
  if (cause instanceof CancelledFailure) {
    const { memo } = await handle.describe();
    if (memo?.['report']) return { report: memo['report'] as FleetReport, cancelled: true };
    throw new Refusal(`${handle.workflowId} was cancelled before it knew its servers`, exitCodes.unjudged);
  }
  if (cause instanceof ApplicationFailure && isFailureKind(cause.type)) {
    const refused = refusals.includes(cause.type);
    throw new Refusal(`${cause.message}\n${advice[cause.type]}`, refused ? exitCodes.refused : exitCodes.unjudged);
  }
  const why = cause instanceof Error ? cause.message : 'unknown';
  throw new Refusal(`${handle.workflowId} ended without a report: ${why}`, exitCodes.unjudged);
}

function isUnavailable(error: unknown): boolean {
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) && Number(cause.code) === UNAVAILABLE;
}

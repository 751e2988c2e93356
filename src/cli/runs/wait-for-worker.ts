import type { Client } from '@temporalio/client';
import { shellQuote } from '../../domain/jobs/shell.ts';
import { TASK_QUEUE } from '../../worker/create-worker.ts';
import { isUnavailable } from './follow-run.ts';
import { ownCommand } from '../terminal/own-command.ts';
import type { TemporalSession } from './temporal-session.ts';

/** An idle worker polls again at least this often. */
const POLL_INTERVAL_MS = 70_000;
/** A worker that is just starting needs this long. */
const REPORT_AFTER_MS = 10_000;
const WORKER_TIMEOUT_MS = 60_000;
const CHECK_INTERVAL_MS = 250;
const CALL_TIMEOUT_MS = 3_000;

/** How a wait for a worker is told, and stopped. */
export interface WorkerWait {
  say: (line: string) => unknown;
  signal?: AbortSignal;
}

/**
 * Waits until a worker polls for workflows, and says so while it waits: for a minute, or until `signal` aborts. Resolves
 * to null, or to why there is none. The worker of a minute ago may be gone all the same: Temporal lists it for 5 minutes.
 */
export async function waitForWorker(
  { client, address }: Pick<TemporalSession, 'client' | 'address'>,
  { say, signal }: WorkerWait
): Promise<string | null> {
  const begin = performance.now();
  let isReported = false;
  for (;;) {
    const last = await lastPollTime(client).catch((error: unknown) => {
      if (isUnavailable(error)) return 'no answer' as const;
      throw error;
    });
    const isAnswered = last !== 'no answer';
    if (isAnswered && last !== null && Date.now() - last < POLL_INTERVAL_MS) return null;
    const waited = performance.now() - begin;
    if (signal?.aborted || waited >= WORKER_TIMEOUT_MS) {
      return isAnswered ? workerTimeoutText(address) : `the Temporal at ${address} does not answer`;
    }
    if (!isReported && waited >= REPORT_AFTER_MS) {
      say((isAnswered ? noWorkerText : noTemporalText)(address, waited, WORKER_TIMEOUT_MS));
      isReported = true;
    }
    await new Promise((resolve) => setTimeout(resolve, CHECK_INTERVAL_MS));
  }
}

/** When a worker last asked for workflow tasks, in milliseconds of Temporal's clock; null: none has for 5 minutes. */
export async function lastPollTime(client: Client): Promise<number | null> {
  const request = {
    namespace: client.options.namespace,
    taskQueue: { name: TASK_QUEUE },
    taskQueueType: 1, // workflow tasks
  };
  const { pollers } = await client.withDeadline(Date.now() + CALL_TIMEOUT_MS, () =>
    client.workflowService.describeTaskQueue(request)
  );
  const times = (pollers ?? []).map(({ lastAccessTime: time }) => {
    return Number(time?.seconds ?? 0) * 1000 + (time?.nanos ?? 0) / 1e6;
  });
  return times.length > 0 ? Math.max(...times) : null;
}

/** What a person reads while the work waits for a worker, and what to do about it. */
export function noWorkerText(address: string, silentMs: number, limitMs?: number): string {
  const limit = limitMs === undefined ? '' : ` up to ${limitMs / 1000} s`;
  return `no worker has polled for ${Math.floor(silentMs / 1000)} s: waiting${limit}; ${startWorkerHint(address)}`;
}

/** What a person reads while Temporal does not answer. */
export function noTemporalText(address: string, silentMs: number, limitMs?: number): string {
  const limit = limitMs === undefined ? '' : ` up to ${limitMs / 1000} s`;
  return `the Temporal at ${address} has not answered for ${Math.floor(silentMs / 1000)} s: waiting for it${limit}`;
}

function workerTimeoutText(address: string): string {
  return `no worker polls the task queue ${TASK_QUEUE} at ${address}: ${startWorkerHint(address)}`;
}

function startWorkerHint(address: string): string {
  const command = ownCommand('worker', '--config', 'fleetmark.yaml');
  return `start one where the servers can be reached: TEMPORAL_ADDRESS=${shellQuote(address)} ${command}`;
}

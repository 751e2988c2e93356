import type { Client } from '@temporalio/client';
import { shellQuote } from '../../domain/jobs/shell.ts';
import { TASK_QUEUE } from '../../worker/create-worker.ts';
import { isUnavailable } from './end-of-run.ts';
import { ownCommand } from '../terminal/own-command.ts';
import type { TemporalSession } from './temporal-session.ts';

/** An idle worker polls at least this often. */
const POLL_INTERVAL_MS = 70_000;
/** A worker needs up to this long to start: only then the wait is reported. */
const REPORT_AFTER_MS = 10_000;
const WORKER_TIMEOUT_MS = 60_000;
const CHECK_INTERVAL_MS = 250;
const CALL_TIMEOUT_MS = 3_000;

/** Reports the wait for a worker, and stops it. */
export interface WorkerWait {
  say: (line: string) => unknown;
  signal?: AbortSignal;
}

/**
 * Waits until a worker polls for workflows, at most one minute or until `signal` aborts. Resolves to null, or to the
 * reason why there is no worker. Temporal lists a worker for 5 minutes, so it may have stopped since its last poll.
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
    if (isAnswered && isRecent(last)) return null;
    const waited = performance.now() - begin;
    if (signal?.aborted || waited >= WORKER_TIMEOUT_MS) {
      if (!isAnswered) return `the Temporal at ${address} does not answer`;
      return noWorkerText(address);
    }
    if (!isReported && waited >= REPORT_AFTER_MS) {
      say(silenceText(isAnswered ? 'worker' : 'Temporal', address, waited, WORKER_TIMEOUT_MS));
      isReported = true;
    }
    await new Promise((resolve) => setTimeout(resolve, CHECK_INTERVAL_MS));
  }
}

/** Whether a worker polls, or has just ended. */
export async function hasWorker(client: Client): Promise<boolean> {
  return isRecent(await lastPollTime(client));
}

function isRecent(pollTime: number | null): boolean {
  return pollTime !== null && Date.now() - pollTime < POLL_INTERVAL_MS;
}

/** When a worker last polled for workflow tasks, in epoch milliseconds of Temporal's clock; null: not within 5 minutes. */
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

export function noWorkerText(address: string): string {
  return `no worker polls the task queue ${TASK_QUEUE} at ${address}: ${startWorkerHint(address)}`;
}

/** Shown while a run waits for a worker, or for Temporal. */
export function silenceText(
  missing: 'Temporal' | 'worker',
  address: string,
  silentMs: number,
  limitMs?: number
): string {
  const seconds = Math.floor(silentMs / 1000);
  const limit = limitMs === undefined ? '' : ` up to ${limitMs / 1000} s`;
  return missing === 'worker'
    ? `no worker has polled for ${seconds} s: waiting${limit}; ${startWorkerHint(address)}`
    : `the Temporal at ${address} has not answered for ${seconds} s: waiting for it${limit}`;
}

function startWorkerHint(address: string): string {
  const command = ownCommand('worker', '--config', 'fleetmark.yaml');
  return `start one on a machine that can reach the servers: TEMPORAL_ADDRESS=${shellQuote(address)} ${command}`;
}

import type { Client } from '@temporalio/client';
import { setTimeout as delay } from 'node:timers/promises';
import { shellQuote } from '../domain/shell.ts';
import { TASK_QUEUE } from '../worker.ts';
import { ownCommand } from './own-command.ts';
import type { TemporalSession } from './temporal-session.ts';

/** A worker that polls asks again at least this often. */
const POLL_MS = 70_000;

/** Whether some worker polls the task queue for workflows, waited for as long as `timeoutMs`. */
export async function workerPolls(client: Client, taskQueue: string, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    if (await polledLately(client, taskQueue)) return true;
    if (Date.now() >= deadline) return false;
    await delay(250);
  }
}

async function polledLately(client: Client, taskQueue: string): Promise<boolean> {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name: taskQueue },
    taskQueueType: 1, // workflow tasks
  });
  const seen = (pollers ?? []).map(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1000);
  return seen.some((time) => Date.now() - time < POLL_MS);
}

/** What a person reads where nobody does the work, and what to do about it. */
export function noWorker({ address }: Pick<TemporalSession, 'address'>): string {
  return (
    `no worker polls the task queue ${TASK_QUEUE} at ${address}\n` +
    `Start one where the servers can be reached: TEMPORAL_ADDRESS=${shellQuote(address)} ` +
    ownCommand('worker', '--config', 'fleetmark.yaml')
  );
}

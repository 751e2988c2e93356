import type { WorkflowHandle } from '@temporalio/client';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { FleetInput } from '../domain/plan.ts';
import { TASK_QUEUE } from '../worker.ts';
import { noWorker, workerPolls } from './find-worker.ts';
import { Refusal } from './refusal.ts';
import { runIdAt } from './run-id.ts';
import type { TemporalSession } from './temporal-session.ts';

const WORKER_TIMEOUT_MS = 10_000;

/** Starts `benchmarkFleet` once somebody is there to do the work. */
export async function startRun(session: TemporalSession, input: FleetInput): Promise<WorkflowHandle> {
  const { client } = session;
  await session.startWorker();
  if (!(await workerPolls(client, TASK_QUEUE, WORKER_TIMEOUT_MS))) {
    throw new Refusal(`nothing was started: ${noWorker(session)}`);
  }
  const summary = input.note ?? (input.checkOnly ? 'check' : undefined);
  const options = {
    taskQueue: TASK_QUEUE,
    args: [input],
    workflowIdConflictPolicy: 'FAIL',
    ...(summary === undefined ? {} : { staticSummary: summary }),
  } as const;
  const runId = runIdAt(new Date());
  for (let n = 1; ; n += 1) {
    try {
      const workflowId = n === 1 ? runId : `${runId}-${n}`;
      return await client.workflow.start('benchmarkFleet', {
        ...options,
        workflowId,
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError) || n === 100) throw error;
    }
  }
}

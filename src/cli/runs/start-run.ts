import type { WorkflowHandle } from '@temporalio/client';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { FleetInput } from '../../domain/plans/plan.ts';
import { TASK_QUEUE } from '../../worker/create-worker.ts';
import { exitCodes } from '../terminal/exit-code.ts';
import { Refusal } from '../terminal/refusal.ts';
import type { TemporalSession } from './temporal-session.ts';
import { CHECK_MEMO } from './unfinished-runs.ts';
import { waitForWorker, type WorkerWait } from './wait-for-worker.ts';

/** Starts `benchmarkFleet` once a worker polls. @throws Refusal if there is no worker, or `wait.signal` aborts */
export async function startRun(session: TemporalSession, input: FleetInput, wait: WorkerWait): Promise<WorkflowHandle> {
  await session.startWorker();
  const noWorkerReason = await waitForWorker(session, wait);
  if (wait.signal?.aborted) throw new Refusal('nothing was started', exitCodes.interrupted);
  if (noWorkerReason !== null) throw new Refusal(`nothing was started: ${noWorkerReason}`);
  const summary = input.note ?? (input.checkOnly ? 'check' : undefined);
  const options = {
    taskQueue: TASK_QUEUE,
    args: [input],
    workflowIdConflictPolicy: 'FAIL',
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    ...(summary === undefined ? {} : { staticSummary: summary }),
    ...(input.checkOnly ? { memo: CHECK_MEMO } : {}),
  } as const;
  const runId = runIdAt(new Date());
  for (let n = 1; ; n += 1) {
    try {
      const workflowId = n === 1 ? runId : `${runId}-${n}`;
      return await session.client.workflow.start('benchmarkFleet', { ...options, workflowId });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError) || n === 100) throw error;
    }
  }
}

/** `fleet-20261124-020000`: the workflow id of a run that starts now, in UTC. */
export function runIdAt(now: Date): string {
  return `fleet-${now.toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')}`;
}

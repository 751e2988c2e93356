import type { WorkflowHandle } from '@temporalio/client';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { FleetInput } from '../../domain/plans/plan.ts';
import { TASK_QUEUE } from '../../worker/create-worker.ts';
import { exitCodes } from '../terminal/exit-code.ts';
import { waitForWorker } from './wait-for-worker.ts';
import type { WorkerWait } from './wait-for-worker.ts';
import { Refusal } from '../terminal/refusal.ts';
import { runIdAt } from './run-id.ts';
import type { TemporalSession } from './temporal-session.ts';

/** Starts `benchmarkFleet` once a worker polls. @throws Refusal if there is no worker, or `wait.signal` aborts */
export async function startRun(session: TemporalSession, input: FleetInput, wait: WorkerWait): Promise<WorkflowHandle> {
  const { client } = session;
  await session.startWorker();
  const noWorkerReason = await waitForWorker(session, wait);
  if (wait.signal?.aborted) throw new Refusal('nothing was started', exitCodes.interrupted);
  if (noWorkerReason !== null) throw new Refusal(`nothing was started: ${noWorkerReason}`);
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

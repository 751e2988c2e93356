import { WorkflowFailedError } from '@temporalio/client';
import { TimeoutFailure } from '@temporalio/common';
import { randomUUID } from 'node:crypto';
import type { FleetInput } from '../../domain/plans/plan.ts';
import type { RunForecast } from '../../domain/plans/run-forecast.ts';
import { TASK_QUEUE } from '../../worker/create-worker.ts';
import { exitCodes } from '../terminal/exit-code.ts';
import { waitForWorker } from './wait-for-worker.ts';
import { fleetInput, type FleetOptions } from '../options/fleet-options.ts';
import { refuseInventoryOption } from './configuration-of-run.ts';
import { failureRefusal, messageOf } from './end-of-run.ts';
import { Refusal } from '../terminal/refusal.ts';
import { monitorResponses } from './monitor-responses.ts';
import { connectSession, type TemporalSession } from './temporal-session.ts';
import type { TemporalSettings } from '../temporal/temporal-settings.ts';

/**
 * Plans a run on a remote worker, with the worker's configuration.
 * @throws Refusal, with the exit code that a run would have
 */
export async function planOnWorker(
  settings: TemporalSettings,
  options: FleetOptions,
  say: (line: string) => void
): Promise<RunForecast> {
  refuseInventoryOption(options);
  const session = await connectSession(settings);
  try {
    const noWorkerReason = await waitForWorker(session, { say });
    if (noWorkerReason !== null) throw new Refusal(noWorkerReason);
    return await planInSession(session, fleetInput(options), say);
  } finally {
    await session.close();
  }
}

/**
 * Plans a run with this input on the worker that polls. The workflow has no effect other than its result; Temporal ends it
 * after a minute.
 * @throws Refusal if the input is invalid, or the worker does not answer
 */
export async function planInSession(
  { client, address }: Pick<TemporalSession, 'client' | 'address'>,
  input: FleetInput,
  say: (line: string) => void
): Promise<RunForecast> {
  const monitor = monitorResponses(client, address, say);
  try {
    const result: unknown = await client.workflow.execute('planRun', {
      workflowId: `plan-${randomUUID()}`,
      taskQueue: TASK_QUEUE,
      args: [input],
      workflowExecutionTimeout: '1 minute',
    });
    return result as RunForecast;
  } catch (error) {
    throw error instanceof WorkflowFailedError ? planRefusal(error.cause, address) : error;
  } finally {
    monitor.stop();
  }
}

function planRefusal(cause: unknown, address: string): Refusal {
  const known = failureRefusal(cause);
  if (known !== null) return known;
  const why =
    cause instanceof TimeoutFailure
      ? `no worker at ${address} answered within a minute; workers of an earlier version cannot plan`
      : `the worker at ${address} could not plan: ${messageOf(cause)}`;
  return new Refusal(why, exitCodes.unjudged);
}

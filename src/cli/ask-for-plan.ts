import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure, TimeoutFailure } from '@temporalio/common';
import { randomUUID } from 'node:crypto';
import { advice, isFailureKind, refusals } from '../domain/failure.ts';
import type { RunForecast } from '../domain/run-forecast.ts';
import { TASK_QUEUE } from '../worker.ts';
import { exitCodes } from './exit-code.ts';
import { noWorker, workerPolls } from './find-worker.ts';
import { fleetInput } from './fleet-options.ts';
import type { FleetOptions } from './fleet-options.ts';
import { inventoryOfWorkers } from './other-configuration.ts';
import { Refusal } from './refusal.ts';
import { connectTo } from './temporal-session.ts';
import type { TemporalTarget } from './temporal-target.ts';

const WORKER_TIMEOUT_MS = 10_000;

/**
 * What a run would do by the configuration of the workers of this Temporal.
 * @throws Refusal, with the exit code of a run that is refused for the same reason
 */
export async function askForPlan(target: TemporalTarget, options: FleetOptions): Promise<RunForecast> {
  if (options.inventory !== undefined) throw inventoryOfWorkers();
  const session = await connectTo(target);
  try {
    if (!(await workerPolls(session.client, TASK_QUEUE, WORKER_TIMEOUT_MS))) throw new Refusal(noWorker(session));
    const result: unknown = await session.client.workflow.execute('planRun', {
      workflowId: `plan-${randomUUID()}`,
      taskQueue: TASK_QUEUE,
      args: [fleetInput(options)],
      workflowExecutionTimeout: '1 minute',
    });
    return result as RunForecast;
  } catch (error) {
    throw error instanceof WorkflowFailedError ? refusalOf(error.cause, session.address) : error;
  } finally {
    await session.close();
  }
}

function refusalOf(cause: unknown, address: string): Refusal {
  if (cause instanceof ApplicationFailure && isFailureKind(cause.type)) {
    const exitCode = refusals.includes(cause.type) ? exitCodes.refused : exitCodes.unjudged;
    return new Refusal(`${cause.message}\n${advice[cause.type]}`, exitCode);
  }
  if (cause instanceof TimeoutFailure) {
    const why = `no worker at ${address} has planned it within a minute; one of an earlier version cannot`;
    return new Refusal(why, exitCodes.unjudged);
  }
  const why = cause instanceof Error ? cause.message : 'unknown';
  return new Refusal(`the worker at ${address} could not plan: ${why}`, exitCodes.unjudged);
}

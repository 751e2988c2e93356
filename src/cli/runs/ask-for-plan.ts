import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure, TimeoutFailure } from '@temporalio/common';
import { randomUUID } from 'node:crypto';
import { advice, isFailureKind, refusals } from '../../domain/failures/failure.ts';
import type { RunForecast } from '../../domain/plans/run-forecast.ts';
import { TASK_QUEUE } from '../../worker/create-worker.ts';
import { exitCodes } from '../terminal/exit-code.ts';
import { waitForWorker } from './find-worker.ts';
import { fleetInput } from '../options/fleet-options.ts';
import type { FleetOptions } from '../options/fleet-options.ts';
import { inventoryOfWorkers } from './other-configuration.ts';
import { Refusal } from '../terminal/refusal.ts';
import { reportSilence } from './report-silence.ts';
import { connectTo } from './temporal-session.ts';
import type { TemporalSession } from './temporal-session.ts';
import type { TemporalTarget } from '../temporal/temporal-target.ts';

/**
 * What a run would do by the configuration of the workers of this Temporal.
 * @throws Refusal, with the exit code of a run that is refused for the same reason
 */
export async function askForPlan(
  target: TemporalTarget,
  options: FleetOptions,
  say: (line: string) => void
): Promise<RunForecast> {
  if (options.inventory !== undefined) throw inventoryOfWorkers();
  const session = await connectTo(target);
  const { address } = session;
  try {
    const whyNone = await waitForWorker(session, { say });
    if (whyNone !== null) throw new Refusal(whyNone);
    return await planBy(session, options, say);
  } catch (error) {
    throw error instanceof WorkflowFailedError ? refusalOf(error.cause, address) : error;
  } finally {
    await session.close();
  }
}

/** Nothing else than the answer comes of it, and Temporal ends it after its minute. */
async function planBy(
  { client, address }: TemporalSession,
  options: FleetOptions,
  say: (line: string) => void
): Promise<RunForecast> {
  const silence = reportSilence(client, address, say);
  try {
    const result: unknown = await client.workflow.execute('planRun', {
      workflowId: `plan-${randomUUID()}`,
      taskQueue: TASK_QUEUE,
      args: [fleetInput(options)],
      workflowExecutionTimeout: '1 minute',
    });
    return result as RunForecast;
  } finally {
    silence.stop();
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

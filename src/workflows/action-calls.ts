import {
  ActivityCancellationType,
  CancellationScope,
  isCancellation,
  proxyActivities,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { MESSAGE_BACKOFF, type ActionCall, type CallEnd } from '../domain/actions/calls.ts';
import { describeError } from './workflow-failure.ts';

/** Calls of one run that are made in parallel. */
const MAX_CALLS = 5;

/**
 * How long Temporal may hear nothing of a worker before it makes a call again: Temporal or the network may be away. A second
 * message has the id of the first one; two copies of a command can do harm.
 */
const OUTAGE_MS = { command: 120_000, message: 10_000 };

/** Without a number of attempts: the activity counts its failures, and a lost worker is none. */
const MESSAGE_RETRY = {
  ...{ initialInterval: MESSAGE_BACKOFF.firstMs, backoffCoefficient: MESSAGE_BACKOFF.factor },
  maximumInterval: MESSAGE_BACKOFF.maxMs,
} as const;
const COMMAND_RETRY = { initialInterval: '1 second', backoffCoefficient: 3, maximumInterval: '10 seconds' } as const;

/** Makes the calls of a run, a few at once. */
export class ActionCalls {
  #free = MAX_CALLS;
  readonly #waiting: (() => void)[] = [];

  /** Makes a call when it is its turn. A call that fails is a value, like one that is done. */
  async make(call: ActionCall): Promise<CallEnd> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      if (CancellationScope.current().consideredCancelled)
        return { state: 'failed', message: 'not called: the run was cancelled' };
      return { state: 'done', message: await perform(call) };
    } catch (error) {
      return endOfFailed(call, error);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}

async function perform(call: ActionCall): Promise<string | null> {
  const { workflowId: run, runId: temporalRunId } = workflowInfo();
  const { action, failed, recovered, isCommand, timeoutMs } = call;
  const serverIds = [...failed, ...recovered];
  const about = serverIds.length === 1 ? serverIds[0]! : `${serverIds.length} servers`;
  // No server id has a space: two calls of a command never have the same activity id.
  const ids =
    serverIds.length === 1 ? serverIds[0]! : isCommand && failed.length === 0 ? 'all recovered' : 'all changed';
  const outageMs = isCommand ? OUTAGE_MS.command : OUTAGE_MS.message;
  const { performAction } = proxyActivities<Activities>({
    activityId: `action/${action}/${ids}`,
    startToCloseTimeout: timeoutMs + outageMs,
    heartbeatTimeout: outageMs,
    scheduleToCloseTimeout: 3 * timeoutMs + 3_600_000,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: isCommand ? COMMAND_RETRY : MESSAGE_RETRY,
    summary: `${action}: ${about}`,
  });
  return performAction({ run, temporalRunId, ...call });
}

function endOfFailed({ isCommand }: ActionCall, error: unknown): CallEnd {
  if (isCancellation(error)) return { state: isCommand ? 'unknown' : 'failed', message: 'the run was cancelled' };
  const { type, message: why } = describeError(error);
  const message = type === 'JobLost' ? 'its worker was lost' : why;
  // A command whose worker was lost may have done its work; a message is sent again by the next run.
  const isUnknown = isCommand && (type === 'ActionUnknown' || type === 'JobLost' || type === 'WorkerLost');
  return { state: isUnknown ? 'unknown' : 'failed', message };
}

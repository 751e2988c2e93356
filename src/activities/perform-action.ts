import { ApplicationFailure } from '@temporalio/common';
import { activityInfo, cancellationDetails, cancellationSignal, log } from '@temporalio/activity';
import { createHash } from 'node:crypto';
import type { ActionSettings } from '../domain/actions/action.ts';
import { MESSAGE_BACKOFF, type ActionFailureType, type PerformRequest } from '../domain/actions/calls.ts';
import type { ActionMessage } from '../domain/actions/runner.ts';
import { Failure } from '../domain/failures/failure.ts';
import { printable } from '../domain/values/untrusted.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { withHeartbeat } from './heartbeat.ts';
import { retryable } from './record-results.ts';

const MESSAGE_LIMIT = 300;

/** One attempt of a call. Resolves to what a command printed last. */
export function performAction({
  configuration,
  results,
  actions,
}: ActivityDependencies): (request: PerformRequest) => Promise<string | null> {
  return (request) =>
    withHeartbeat({ action: request.action }, async () => {
      const action = (await configuration(0)).actions.find(({ name }) => name === request.action);
      if (action === undefined) throw failure('ActionFailed', 'the action is not configured any more', false);
      if (action.dryRun) throw failure('ActionFailed', 'not called: it is a dry run now', false);
      const message = await retryable(() => messageOf(results!, request));
      if (message === null)
        throw failure('ActionFailed', 'the results store does not have its servers any more', false);
      return attempt(actions!, action, message);
    });
}

async function attempt(
  runner: NonNullable<ActivityDependencies['actions']>,
  action: ActionSettings,
  message: ActionMessage
): Promise<string | null> {
  const result = await runner.call(action, message, cancellationSignal()).catch((error: unknown) => {
    if (error instanceof Failure) throw failure('ActionFailed', error.message, true);
    throw error;
  });
  if ('done' in result) return result.done;
  const { failed, isRetried, isUnknown = false, waitMs } = result;
  log.warn('an action failed', { action: action.name, call: message.id, problem: failed });
  // A worker that is stopped is like one that is lost: another one tries again.
  const isStopped = cancellationDetails()?.workerShutdown === true;
  throw failure(isUnknown ? 'ActionUnknown' : 'ActionFailed', failed, isRetried || isStopped, waitMs);
}

async function messageOf(
  store: NonNullable<ActivityDependencies['results']>,
  { action, failed, recovered, isCommand, run, temporalRunId }: PerformRequest
): Promise<ActionMessage | null> {
  const called = await store.readCalled({ run, temporalRunId }, action, [...failed, ...recovered]);
  // Without rows, it would not be known whether to do or to undo.
  if (called === null || called.rows.length < failed.length + recovered.length) return null;
  const isFailed = new Set(failed);
  const servers = called.rows.map((row) => {
    return { row, change: isFailed.has(row.serverId) ? ('failed' as const) : ('recovered' as const) };
  });
  const [first, ...others] = [...failed, ...recovered];
  const change = isCommand ? (failed.length > 0 ? 'failed' : 'recovered') : null;
  const id = callId([run, temporalRunId, action, change, others.length === 0 ? first! : null]);
  return { id, action, at: called.claimedAt, run: called.run, servers };
}

/** In a header only ASCII is allowed, and ids of servers can be in any script. */
function callId(parts: readonly (string | null)[]): string {
  return `call_${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)}`;
}

function failure(type: ActionFailureType, message: string, isRetried: boolean, waitMs?: number): ApplicationFailure {
  return ApplicationFailure.create({
    ...{ type, message: printable(message, MESSAGE_LIMIT), nonRetryable: !isRetried },
    ...(waitMs !== undefined && { nextRetryDelay: Math.max(waitMs, backoffMs()) }),
  });
}

/** A receiver that asks for less must not use up the attempts: it may be away for minutes. */
function backoffMs(): number {
  const { firstMs, factor, maxMs } = MESSAGE_BACKOFF;
  return Math.min(firstMs * factor ** (activityInfo().attempt - 1), maxMs);
}

import { ApplicationFailure } from '@temporalio/common';
import { activityInfo, cancellationDetails, heartbeat, log } from '@temporalio/activity';
import { createHash } from 'node:crypto';
import type { ActionSettings } from '../domain/actions/action.ts';
import { MAX_FAILURES, MESSAGE_BACKOFF, type ActionFailureType, type PerformRequest } from '../domain/actions/calls.ts';
import type { ActionMessage, CallAttempt } from '../domain/actions/runner.ts';
import { Failure } from '../domain/failures/failure.ts';
import { printable } from '../domain/values/untrusted.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { followCalls } from './followed-calls.ts';
import { withHeartbeat } from './heartbeat.ts';
import { retryable } from './record-results.ts';
import { untilTemporalAnswers } from './temporal-answers.ts';

const MESSAGE_LIMIT = 300;

/** Of heartbeats: a cancelled run waits for the next one. */
const MAX_WAIT_MS = 6_000;

/** In heartbeats, for the next attempt. */
interface Progress {
  action: string;
  /** How often the call has failed. */
  failures: number;
}

/** One attempt of a call. Resolves to what a command printed last. */
export function performAction({
  configuration,
  results,
  actions,
}: ActivityDependencies): (request: PerformRequest) => Promise<string | null> {
  const follow = followCalls();
  return (request) => {
    const progress = { action: request.action, failures: earlierFailures() };
    const perform = async (): Promise<string | null> => {
      const action = (await configuration(0)).actions.find(({ name }) => name === request.action);
      if (action === undefined) throw failure('ActionFailed', 'the action is not configured any more', false);
      if (action.dryRun) throw failure('ActionFailed', 'not called: it is a dry run now', false);
      const message = await retryable(() => messageOf(results!, request));
      if (message === null)
        throw failure('ActionFailed', 'the results store does not have its servers any more', false);
      // With the number of failures: a call that has failed is made again.
      const result = await follow(`${message.id} ${progress.failures}`, (signal) =>
        callOnce(actions!, action, message, signal)
      );
      await untilTemporalAnswers();
      return outcomeOf(result, action, progress);
    };
    return withHeartbeat({ ...progress }, perform, { maxMs: MAX_WAIT_MS });
  };
}

async function callOnce(
  runner: NonNullable<ActivityDependencies['actions']>,
  action: ActionSettings,
  message: ActionMessage,
  signal: AbortSignal
): Promise<CallAttempt> {
  const result = await runner.call(action, message, signal).catch((error: unknown): CallAttempt => {
    if (error instanceof Failure) return { failed: error.message, isRetried: true };
    throw error;
  });
  if ('failed' in result)
    log.warn('an action failed', { action: action.name, call: message.id, problem: result.failed });
  return result;
}

function outcomeOf(result: CallAttempt, action: ActionSettings, progress: Progress): string | null {
  if ('done' in result) return result.done;
  const { failed, isRetried, isUnknown = false, waitMs } = result;
  const type = isUnknown ? 'ActionUnknown' : 'ActionFailed';
  // A worker that is stopped is like one that is lost: another one tries again.
  if (cancellationDetails()?.workerShutdown === true) throw failure(type, failed, true, waitMs);
  const failures = progress.failures + 1;
  heartbeat({ ...progress, failures } satisfies Progress);
  const isLast = failures >= MAX_FAILURES[action.does.kind === 'command' ? 'command' : 'message'];
  throw failure(type, failed, isRetried && !isLast, waitMs);
}

/** How often earlier attempts have failed: Temporal counts those whose worker was lost, too. */
function earlierFailures(): number {
  const { failures } = (activityInfo().heartbeatDetails ?? {}) as Partial<Record<keyof Progress, unknown>>;
  return typeof failures === 'number' ? failures : 0;
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

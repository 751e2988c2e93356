import { cancellationDetails, cancellationSignal, cancelled } from '@temporalio/activity';
import type { CallAttempt } from '../domain/actions/runner.ts';
import { firstOf } from '../waiting/first-of.ts';
import { mustEndJob } from './workflow-state.ts';

/** Of the ends that are kept. */
const MAX_KEPT = 1_000;

interface FollowedCall {
  attempt: Promise<CallAttempt>;
  killed: AbortController;
}

/**
 * Follows a call of an action that this worker makes, or has made, under the same key; else makes it.
 * @throws CancelledFailure when this attempt is over, but the call goes on: the next attempt follows it
 */
export type FollowCall = (key: string, make: (signal: AbortSignal) => Promise<CallAttempt>) => Promise<CallAttempt>;

/**
 * The calls of this worker. After a long time without heartbeats, Temporal repeats what it believes to be lost, although only
 * the connection was: a command must not be started again then, neither while it runs nor when it has ended.
 */
export function followCalls(): FollowCall {
  const calls = new Map<string, FollowedCall>();
  const begin = (key: string, make: (signal: AbortSignal) => Promise<CallAttempt>): FollowedCall => {
    const killed = new AbortController();
    const call = { killed, attempt: make(killed.signal) };
    call.attempt.catch(() => calls.delete(key)); // nothing was called
    calls.set(key, call);
    const [oldest] = calls.keys();
    if (calls.size > MAX_KEPT) calls.delete(oldest!);
    return call;
  };
  return async (key, make) => {
    const call = calls.get(key) ?? begin(key, make);
    const end = await firstOf([call.attempt], { ms: Infinity, signal: cancellationSignal() });
    if (typeof end !== 'string') return end;
    if (!(cancellationDetails()?.workerShutdown || (await mustEndJob()))) await cancelled();
    calls.delete(key);
    call.killed.abort();
    return call.attempt;
  };
}

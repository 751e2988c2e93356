import { cancellationSignal, log } from '@temporalio/activity';
import { Failure } from '../domain/failures/failure.ts';
import type { LoginAnswer, LoginRequest } from '../domain/plans/plan.ts';
import { printable } from '../domain/values/untrusted.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { withHeartbeat } from './heartbeat.ts';
import { withTimeout } from '../waiting/with-timeout.ts';

/** A refusal comes at once. A server that has not answered by then is probably down: others do not wait for it. */
const ANSWER_TIMEOUT_MS = 10_000;

const MESSAGE_LIMIT = 1_000;

/**
 * Tries whether a server accepts the user and key. Starts no job, and keeps the connection open for the next activities. All
 * other errors are left to the server's own workflow.
 */
export function tryLogin({ ssh }: ActivityDependencies): (request: LoginRequest) => Promise<LoginAnswer> {
  return async ({ serverId }) =>
    withHeartbeat({}, async () => {
      const cancelled = cancellationSignal();
      try {
        const connect = (signal: AbortSignal): Promise<unknown> => ssh.connection({ serverId, signal });
        await withTimeout(ANSWER_TIMEOUT_MS, connect, { signal: cancelled, graceMs: 0 });
        return { login: 'accepted', error: null };
      } catch (error) {
        if (cancelled.aborted) throw error;
        if (!(error instanceof Failure && error.kind === 'AuthenticationFailed')) {
          log.debug('could not find out whether the server accepts the key', { server: serverId, err: error });
          return { login: 'unknown', error: null };
        }
        return { login: 'refused', error: { type: error.kind, message: printable(error.message, MESSAGE_LIMIT) } };
      }
    });
}

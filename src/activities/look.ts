import { activityInfo, log, sleep } from '@temporalio/activity';
import { Failure } from '../domain/failures/failure.ts';
import type { ConnectionFacts, ServerName, Ssh } from '../domain/jobs/job.ts';
import { withHeartbeat } from './heartbeat.ts';

const MAX_ATTEMPTS = 5;
const RETRY_DELAY_MS = 1_000;

/** A server for the current activity, until the signal aborts. */
export type Server = ServerName & { signal: AbortSignal };

/** Runs a command that only looks at a server, and resolves to its output. `name`: unique for the caller. */
export type Ask = (name: string, command: string, timeoutMs: number) => Promise<string>;

/** Connects to a server, with heartbeats. */
export async function connect(ssh: Ssh, server: Server): Promise<ConnectionFacts> {
  return withHeartbeat({}, () => retryWhenLost(server.signal, () => ssh.connection(server)));
}

/**
 * Looks at a server within the current activity. A command is killed when the signal aborts, and ends with its connection. If
 * the connection is lost, it is repeated: it changes nothing.
 */
export function askOf(ssh: Ssh, server: Server): Ask {
  const { activityId, attempt, workflowExecution } = activityInfo();
  const prefix = `${workflowExecution?.runId ?? 'none'}.${activityId}.${attempt}`;
  return async (name, command, timeoutMs) => {
    const request = { ...server, command, timeoutMs, commandId: `${prefix}.${name}` };
    const run = () => retryWhenLost(server.signal, () => ssh.runCommand(request));
    const { stdout } = await withHeartbeat({ commandId: request.commandId }, run);
    return stdout;
  };
}

async function retryWhenLost<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const isLost = error instanceof Failure && error.kind === 'ConnectionLost';
      if (!isLost || signal.aborted || attempt === MAX_ATTEMPTS) throw error;
      log.warn('the connection was lost; trying again', { err: error });
    }
    await sleep(RETRY_DELAY_MS);
  }
}

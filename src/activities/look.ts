import { activityInfo, log, sleep } from '@temporalio/activity';
import { Failure } from '../domain/failures/failure.ts';
import type { CommandRequest, ConnectionFacts, JobResult, ServerName, Ssh } from '../domain/jobs/job.ts';
import type { Ask } from './find-other-work.ts';
import { withHeartbeat } from './heartbeat.ts';

const MAX_ATTEMPTS = 5;
const RETRY_DELAY_MS = 1_000;

/** A server for the current activity, until the signal aborts. */
export type Server = ServerName & { signal: AbortSignal };

/** `name`: unique in this activity. */
type Look = Pick<CommandRequest, 'command' | 'timeoutMs'> & { name: string };

/** Connects to a server, with heartbeats. */
export async function connect(ssh: Ssh, server: Server): Promise<ConnectionFacts> {
  return withHeartbeat({}, () => retryWhenLost(server.signal, () => ssh.connection(server)));
}

/**
 * Runs a command that only looks at a server. It is killed when the signal aborts, and ends with its connection. If the
 * connection is lost, it is repeated: it changes nothing.
 */
export async function look(ssh: Ssh, server: Server, { name, ...command }: Look): Promise<JobResult> {
  const { activityId, attempt, workflowExecution } = activityInfo();
  const commandId = `${workflowExecution?.runId ?? 'none'}.${activityId}.${attempt}.${name}`;
  return withHeartbeat({ commandId }, () =>
    retryWhenLost(server.signal, () => ssh.runCommand({ ...server, ...command, commandId }))
  );
}

/** {@link look} for {@link findOtherWork}. */
export function askOf(ssh: Ssh, server: Server): Ask {
  return async (name, command, timeoutMs) => (await look(ssh, server, { name, command, timeoutMs })).stdout;
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

import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import type { JobRequest, JobResult, Ssh } from '../domain/job.ts';

const HEARTBEAT_MS = 1_000;

/**
 * Runs a command for the current activity: it heartbeats meanwhile, so that a lost worker is noticed, and a cancelled
 * activity kills the command before it ends.
 */
export async function runInActivity(ssh: Ssh, request: Omit<JobRequest, 'signal' | 'onProgress'>): Promise<JobResult> {
  let outputBytes = 0;
  const beat = (): void => heartbeat({ jobId: request.jobId, outputBytes });
  const timer = setInterval(beat, HEARTBEAT_MS);
  try {
    beat();
    return await ssh.runJob({
      ...request,
      signal: cancellationSignal(),
      onProgress: (progress) => ({ outputBytes } = progress),
    });
  } finally {
    clearInterval(timer);
  }
}

/** For jobs that belong to an attempt of an activity rather than to a measurement. */
export function attemptId(): string {
  const { activityId, attempt, workflowExecution } = activityInfo();
  return `${workflowExecution?.runId ?? 'none'}.${activityId}.${attempt}`;
}

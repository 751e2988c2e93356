import { activityInfo, cancellationSignal, heartbeat, log, sleep } from '@temporalio/activity';
import { Failure } from '../domain/failures/failure.ts';
import { GuardNotHeld } from '../domain/servers/guard.ts';
import type {
  CommandRequest,
  ConnectionFacts,
  DetachedJobRequest,
  JobName,
  JobProgress,
  JobResult,
  ServerName,
  Ssh,
} from '../domain/jobs/job.ts';
import { sinceScheduledMs, unresponsive, withTimeLimit } from './answer-limit.ts';
import { refuseIfCancelled } from './refuse-if-cancelled.ts';
import { mustEndJob } from './must-end-job.ts';
import { takeGuard } from './machine-guard.ts';
import { withTimeout } from '../waiting/with-timeout.ts';

const HEARTBEAT_MS = 1_000;
const END_JOB_TIMEOUT_MS = 30_000;
const MAX_ATTEMPTS = 5;
const RETRY_DELAY_MS = 1_000;

/**
 * Looks at a server for the current activity: a command that is killed when the signal says so, and that ends with its
 * connection. A look changes nothing, so one that lost its connection is taken again.
 */
export async function runCommand(ssh: Ssh, request: CommandRequest): Promise<JobResult> {
  return withHeartbeat({ commandId: request.commandId }, () =>
    retryWhenLost(request.signal, () => ssh.runCommand(request))
  );
}

/** Connects to a server, with heartbeats. */
export async function reachServer(ssh: Ssh, request: ServerName & { signal: AbortSignal }): Promise<ConnectionFacts> {
  return withHeartbeat({}, () => retryWhenLost(request.signal, () => ssh.connection(request)));
}

async function retryWhenLost<Result>(signal: AbortSignal, look: () => Promise<Result>): Promise<Result> {
  for (let looks = 1; ; looks += 1) {
    try {
      return await look();
    } catch (error) {
      const isLost = error instanceof Failure && error.kind === 'ConnectionLost';
      if (!isLost || signal.aborted || looks === MAX_ATTEMPTS) throw error;
      log.warn('the connection was lost; trying again', { err: error });
    }
    await sleep(RETRY_DELAY_MS);
  }
}

/**
 * Runs the job of a benchmark, or follows the job that an earlier attempt has started, maybe on another worker. The job
 * outlives this attempt unless the run is cancelled. It is not removed here, because the result may not reach Temporal.
 * @param answerMs - how long the server may take to report the end of the job after the job's own limit. Counts from the
 * first start of the job, even in an earlier attempt; but each attempt gets at least this long
 * @throws Failure ServerUnresponsive if the server does not report the end in time
 */
export async function followJob(
  ssh: Ssh,
  request: Omit<DetachedJobRequest, 'signal' | 'seen' | 'elapsedMs' | 'onProgress'>,
  answerMs: number
): Promise<JobResult> {
  const cancelled = cancellationSignal();
  const told = earlierHeartbeat(request);
  const now = sinceScheduledMs();
  // A job that was never seen running may not have started.
  const isSeen = told?.seconds !== undefined;
  const startedMs = (isSeen ? told.startedMs : null) ?? now;
  const elapsedMs = Math.max(0, now - startedMs);
  const ms = Math.max(answerMs, request.timeoutMs + answerMs - elapsedMs);
  const where = { jobId: request.jobId, folder: request.host.base, startedMs };
  return withHeartbeat(where, async (onProgress) => {
    try {
      await refuseIfCancelled();
      return await withTimeLimit(ms, unresponsive('the end of its job', ms), async (signal) => {
        const run = () => ssh.jobs.runJob({ ...request, seen: isSeen, elapsedMs, signal, onProgress });
        try {
          return await run();
        } catch (error) {
          if (!(error instanceof GuardNotHeld)) throw error;
        }
        await takeGuard(ssh, { ...request, signal });
        return await run();
      });
    } catch (error) {
      if (cancelled.aborted ? await mustEndJob() : isJobLost(error)) await endJob(ssh, request);
      throw error;
    }
  });
}

/**
 * Reads the result of a job after its time. A job that still runs or never started is ended.
 * @throws Failure BenchmarkTimedOut
 */
export async function collectJob(ssh: Ssh, job: Omit<JobName, 'signal'>, answerMs: number): Promise<JobResult> {
  return withHeartbeat({ jobId: job.jobId, folder: job.host.base }, async () => {
    const result = await withTimeLimit(answerMs, unresponsive('the result of its job', answerMs), (signal) =>
      ssh.jobs.collectJob({ ...job, signal })
    ).catch(async (error: unknown) => {
      if (isJobLost(error)) await endJob(ssh, job);
      throw error;
    });
    if (result !== null) return result;
    await endJob(ssh, job);
    throw new Failure('BenchmarkTimedOut', 'no worker was available to follow it, and it did not end in time');
  });
}

/** The last heartbeat of an earlier attempt about this job. It has `seconds` if the job was seen running. */
function earlierHeartbeat({ jobId }: Pick<JobName, 'jobId'>): JobHeartbeat | null {
  const told = activityInfo().heartbeatDetails as (JobHeartbeat & { jobId?: unknown }) | null | undefined;
  return told?.jobId === jobId ? told : null;
}

/** `startedMs`: when the job was first requested, in milliseconds since the activity was scheduled. */
type JobHeartbeat = Partial<JobProgress> & { startedMs?: number };

/** Whether the runner of the job is gone: the processes that it started must be ended, or they disturb the next sample. */
function isJobLost(error: unknown): boolean {
  return error instanceof Failure && error.kind === 'JobLost';
}

/** Ends a job. If this fails, the release of the server tries again. */
async function endJob(ssh: Ssh, job: Omit<JobName, 'signal'>): Promise<void> {
  try {
    const { leftover } = await withTimeout(END_JOB_TIMEOUT_MS, (signal) => ssh.jobs.cancelJob({ ...job, signal }));
    log.info('job ended', { jobId: job.jobId, leftover });
  } catch (error) {
    log.warn('a job may not have ended', { jobId: job.jobId, err: error });
  }
}

/** Sends a heartbeat every second during `work`, with the place and progress of the work for the Web UI. */
export async function withHeartbeat<Result>(
  where: Record<string, string | number>,
  work: (onProgress: (progress: JobProgress) => void) => Promise<Result>
): Promise<Result> {
  let latest: JobProgress = { outputBytes: 0 };
  const beat = (): void => heartbeat({ ...where, ...latest });
  const timer = setInterval(beat, HEARTBEAT_MS);
  try {
    beat();
    return await work((progress) => (latest = progress));
  } finally {
    clearInterval(timer);
  }
}

/** A unique id for commands of this attempt of the activity. */
export function attemptId(): string {
  const { activityId, attempt, workflowExecution } = activityInfo();
  return `${workflowExecution?.runId ?? 'none'}.${activityId}.${attempt}`;
}

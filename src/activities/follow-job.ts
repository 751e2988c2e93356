import { activityInfo, cancellationSignal, Context, log } from '@temporalio/activity';
import { Failure } from '../domain/failures/failure.ts';
import { outputOf, withOutput, type JobOutput } from '../domain/jobs/job-failure.ts';
import type { DetachedJobRequest, JobName, JobProgress, JobResult, Ssh } from '../domain/jobs/job.ts';
import type { SampleMessage } from '../domain/plans/sample-message.ts';
import { GuardNotHeld } from '../domain/servers/guard.ts';
import { withTimeout } from '../waiting/with-timeout.ts';
import { announceSample } from './announce-sample.ts';
import { unresponsive, withTimeLimit } from './answer-limit.ts';
import { withHeartbeat } from './heartbeat.ts';
import { takeGuard } from './machine-guard.ts';
import { mustEndJob, refuseIfCancelled } from './workflow-state.ts';

const END_JOB_TIMEOUT_MS = 30_000;

/**
 * Runs the job of a benchmark, or follows the job that an earlier attempt has started, maybe on another worker. The job
 * outlives this attempt unless the run is cancelled. It is not removed here, because the result may not reach Temporal.
 * @param answerMs - how long the server may take to report the end of the job after the job's own limit. Counts from the
 * first start of the job, even in an earlier attempt; but each attempt gets at least this long
 * @param about - for the Web UI: in the heartbeats, and in the details of the server
 * @throws Failure ServerUnresponsive if the server does not report the end in time
 */
export async function followJob(
  ssh: Ssh,
  request: Omit<DetachedJobRequest, 'signal' | 'seen' | 'elapsedMs' | 'onProgress'>,
  answerMs: number,
  about: SampleMessage
): Promise<JobResult> {
  const cancelled = cancellationSignal();
  const earlier = earlierHeartbeat(request);
  const now = sinceScheduledMs();
  // A job that was never seen running may never have started.
  const isSeen = earlier?.seconds !== undefined;
  const startedMs = (isSeen ? earlier.startedMs : null) ?? now;
  const elapsedMs = Math.max(0, now - startedMs);
  const ms = Math.max(answerMs, request.timeoutMs + answerMs - elapsedMs);
  const where = { ...about, jobId: request.jobId, folder: request.host.base, startedMs };
  const follow = async (onProgress: (progress: JobProgress) => void): Promise<JobResult> => {
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
  };
  return withHeartbeat(where, follow, { onFirst: () => void announceSample(about) });
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
    const late = new Failure('BenchmarkTimedOut', 'no worker was available to follow it, and it did not end in time');
    throw withOutput(late, await printedBy(ssh, job));
  });
}

/** What a job has printed that was ended; null: unknown. */
async function printedBy(ssh: Ssh, job: Omit<JobName, 'signal'>): Promise<JobOutput | null> {
  try {
    return await withTimeout(END_JOB_TIMEOUT_MS, (signal) => ssh.jobs.collectJob({ ...job, signal }));
  } catch (error) {
    return outputOf(error);
  }
}

/** `startedMs`: when the job was first requested, in milliseconds since the activity was scheduled. */
type JobHeartbeat = Partial<JobProgress> & { startedMs?: number };

/** The last heartbeat of an earlier attempt about this job. It has `seconds` if the job was seen running. */
function earlierHeartbeat({ jobId }: Pick<JobName, 'jobId'>): JobHeartbeat | null {
  const last = activityInfo().heartbeatDetails as (JobHeartbeat & { jobId?: unknown }) | null | undefined;
  return last?.jobId === jobId ? last : null;
}

const attemptStarts = new WeakMap<Context, number>();

/**
 * Milliseconds since the activity was scheduled: on Temporal's clock up to this attempt, then on the monotonic clock of
 * this worker. Does not depend on the wall clocks of workers.
 */
function sinceScheduledMs(): number {
  const context = Context.current();
  const began = attemptStarts.get(context) ?? performance.now();
  attemptStarts.set(context, began);
  const { scheduledTimestampMs, currentAttemptScheduledTimestampMs } = activityInfo();
  return currentAttemptScheduledTimestampMs - scheduledTimestampMs + (performance.now() - began);
}

/** Whether the runner of the job is dead: its remaining processes must be killed, or they disturb the next sample. */
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

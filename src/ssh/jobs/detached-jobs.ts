import { Failure } from '../../domain/failures/failure.ts';
import { withOutput, type JobOutput } from '../../domain/jobs/job-failure.ts';
import type { DetachedJobRequest, DetachedJobs, JobName, JobResult } from '../../domain/jobs/job.ts';
import { tooMuchOutput } from '../../domain/jobs/output-limit.ts';
import { tenths } from '../../domain/values/numbers.ts';
import { pause } from '../../waiting/first-of.ts';
import { withTimeout } from '../../waiting/with-timeout.ts';
import { checkJobFolder, checkJobId, jobHost } from './job-names.ts';
import { leftoverOf, leftoverText, type JobView } from './job-view.ts';
import { neededKib, type DetachedJobLimits } from './limits.ts';
import { machineGuards } from './machine-guards.ts';
import { RemoteJob } from './remote-job.ts';
import { runningJobs } from './running-jobs.ts';
import { scriptSenderTo, type ScriptDependencies } from './script-sender.ts';

const CLEAN_SECONDS = 60;
/** Maximum time to read the output of a job that was killed. */
const PRINTED_MS = 10_000;

/**
 * Jobs that keep running without a connection, over shells that may break at any moment.
 * @param folder - on servers; tried first for jobs
 */
export function createJobs(folder: string, dependencies: ScriptDependencies): DetachedJobs {
  const { limits } = dependencies;
  const senderTo = scriptSenderTo(dependencies);
  const jobOf = (name: JobName) => new RemoteJob(senderTo(name), name, limits);

  return {
    ...machineGuards(senderTo, limits),

    async probeJobs({ lookOnly = false, ...request }) {
      const values = { BASE: folder, TRACES: lookOnly ? 'none' : 'folder', NEED: neededKib(limits) } as const;
      return jobHost(await senderTo(request)('probe', values, 0));
    },

    async runJob(request) {
      return follow(jobOf, request, limits);
    },

    async cancelJob(request) {
      return { leftover: await jobOf(request).cancel() };
    },

    async collectJob(request) {
      const job = jobOf(request);
      const view = await job.poll(0);
      return view.state === 'exited' || view.state === 'lost' ? job.result(view) : null;
    },

    async cleanJobs({ host, prefix, ...request }) {
      const base = checkJobFolder(host);
      const values = { BASE: base, PREFIX: checkJobId(prefix).replace(/\.+$/, ''), GUARD: host.guard ?? '' };
      const answer = await senderTo(request)('clean', values, CLEAN_SECONDS);
      const running = runningJobs(answer, values.PREFIX);
      return { running, leftover: running.length === 0 ? leftoverOf(answer) : [] };
    },
  };
}

/**
 * Follows a job from its start, or from its current state, to its result. Asks a server with a running job at most every
 * `wait` seconds, and believes it no longer than our own clock allows.
 */
async function follow(
  jobOf: (name: JobName) => RemoteJob,
  request: DetachedJobRequest,
  { outputBytes, pollSeconds, graceSeconds, overtimeSeconds }: DetachedJobLimits
): Promise<JobResult> {
  const { timeoutMs, silenceMs = Infinity, elapsedMs = 0, signal, onProgress } = request;
  const job = jobOf(request);
  const printed = (): Promise<JobOutput | null> => printedInTime(jobOf, request);
  const maxSeconds = timeoutMs / 1000 + graceSeconds + overtimeSeconds;
  const ownSeconds = stopwatch(elapsedMs);
  // The runner of the job wakes a waiting poll, so that the result never waits for the next one.
  const waitSeconds = (): number => {
    const age = Math.floor(ownSeconds());
    const left = Math.ceil(maxSeconds) - age;
    return Math.max(1, Math.min(Math.max(10, age), pollSeconds, Math.floor(silenceMs / 2000), left));
  };
  let wait = waitSeconds();
  let sincePoll = stopwatch();
  let lastOutput = { bytes: 0, seconds: 0 };
  let view = await (request.seen ? job.poll(wait) : job.start(request, wait));
  while (view.state === 'running') {
    const bytes = view.out.size + view.err.size;
    onProgress?.({ outputBytes: bytes, seconds: view.seconds });
    // Its numbers are unusable now, and its remaining time would only load the server.
    if (job.hasTooMuch(view)) {
      const end = leftoverText(await job.cancel()) || `, and was ended after ${tenths(view.seconds)} s`;
      throw withOutput(tooMuchOutput('the command', end, outputBytes), await printed());
    }
    // Silence is measured on the server's clock: time without a connection does not count.
    if (bytes !== lastOutput.bytes || isFull(view)) lastOutput = { bytes, seconds: view.seconds };
    if ((view.seconds - lastOutput.seconds) * 1000 >= silenceMs) {
      throw withOutput(await killed(job, `the command wrote nothing for ${silenceMs / 1000} s`), await printed());
    }
    const seconds = Math.max(view.seconds, ownSeconds());
    if (seconds > maxSeconds)
      throw withOutput(await killed(job, `the command was still running after ${tenths(seconds)} s`), await printed());
    await pause(Math.max(0, wait - sincePoll()) * 1000, signal);
    sincePoll = stopwatch();
    wait = waitSeconds();
    view = await job.poll(wait);
  }
  return job.result(view);
}

/** Seconds since this object was created, on a monotonic clock. */
function stopwatch(elapsedMs = 0): () => number {
  const start = performance.now() - elapsedMs;
  return () => (performance.now() - start) / 1000;
}

/** Whether the server keeps no more of its output, so that its size no longer grows. */
function isFull({ out, err }: JobView): boolean {
  return out.cut || err.cut;
}

/** Kills a job. Resolves to its failure. @param why - `the command wrote nothing for 60 s` */
async function killed(job: RemoteJob, why: string): Promise<Failure> {
  return new Failure('BenchmarkTimedOut', why + (leftoverText(await job.cancel()) || ', and was killed'));
}

/** What a killed job has printed; null: unknown, or the server takes long to tell. */
async function printedInTime(
  jobOf: (name: JobName) => RemoteJob,
  request: DetachedJobRequest
): Promise<JobOutput | null> {
  const read = (signal: AbortSignal): Promise<JobOutput | null> => jobOf({ ...request, signal }).printed();
  const limit = { signal: request.signal, graceMs: 1_000 };
  return withTimeout(PRINTED_MS, read, limit).catch(() => null);
}

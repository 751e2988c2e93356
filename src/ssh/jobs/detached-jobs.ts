import { Failure } from '../../domain/failures/failure.ts';
import type { DetachedJobRequest, DetachedJobs, JobResult, LeftoverProcess } from '../../domain/jobs/job.ts';
import { tenths } from '../../domain/values/numbers.ts';
import { tooMuchOutput } from '../../domain/jobs/output-limit.ts';
import { pause } from '../../waiting/first-of.ts';
import { createAsker } from './verb-sender.ts';
import type { AskerDependencies } from './verb-sender.ts';
import { createGuards } from './machine-guards.ts';
import { checkHost, jobHost } from './job-host.ts';
import { checkJobId } from './job-id.ts';
import { hasTooMuch, leftoverOf, leftoverText } from './job-view.ts';
import type { JobView } from './job-view.ts';
import { neededKib } from './limits.ts';
import type { DetachedJobLimits } from './limits.ts';
import { oneJob } from './remote-job.ts';
import type { OneJob } from './remote-job.ts';

const CLEANING_SECONDS = 60;

export interface JobsDependencies extends AskerDependencies {
  /** On the servers: where jobs live if it is fit for them. */
  folder: string;
}

/** Jobs that run on by themselves, over shells that may break off at any moment. */
export function createJobs({ folder, ...dependencies }: JobsDependencies): DetachedJobs {
  const { limits } = dependencies;
  const askerFor = (caller: Parameters<typeof createAsker>[1]) => createAsker(dependencies, caller);

  return {
    ...createGuards(askerFor, limits),

    async probeJobs({ lookOnly = false, ...request }) {
      const values = { BASE: folder, TRACES: lookOnly ? 'none' : 'folder', NEED: neededKib(limits) } as const;
      return jobHost(await askerFor(request)('probe', values, 0));
    },

    async runJob(request) {
      return follow(oneJob(askerFor(request), request, limits), request, limits);
    },

    async cancelJob(request) {
      return { leftover: await oneJob(askerFor(request), request, limits).cancel() };
    },

    async collectJob(request) {
      const job = oneJob(askerFor(request), request, limits);
      const view = await job.poll(0);
      return view.state === 'exited' || view.state === 'lost' ? job.result(view) : null;
    },

    async cleanJobs({ host, prefix, ...request }) {
      const values = { BASE: checkHost(host), PREFIX: checkJobId(prefix).replace(/\.+$/, ''), GUARD: host.guard ?? '' };
      const answer = await askerFor(request)('clean', values, CLEANING_SECONDS);
      if (answer.values.get('running') === '0') return { running: [], leftover: leftoverOf(answer) };
      return { running: answer.out.toString('latin1').split('\n').filter(Boolean), leftover: [] };
    },
  };
}

/**
 * From the start, or from wherever the job is by now, to its result. A server that says that it runs is asked no more
 * often than every `wait` seconds, and believed no longer than our own clock allows.
 */
async function follow(
  job: OneJob,
  request: DetachedJobRequest,
  { outputBytes, pollSeconds, graceSeconds, overtimeSeconds }: DetachedJobLimits
): Promise<JobResult> {
  const { timeoutMs, silenceMs = Infinity, elapsedMs = 0, signal, onProgress } = request;
  const wait = Math.max(1, Math.min(pollSeconds, Math.floor(silenceMs / 2000)));
  const latest = timeoutMs / 1000 + graceSeconds + overtimeSeconds;
  const clock = stopwatch(elapsedMs);
  let asked = stopwatch();
  let loud = { bytes: 0, seconds: 0 };
  let view = await (request.seen ? job.poll(wait) : job.start(request, wait));
  while (view.state === 'running') {
    const bytes = view.out.size + view.err.size;
    onProgress?.({ outputBytes: bytes, seconds: view.seconds });
    // Its numbers cannot be used any more: the rest of its time would be load for nothing.
    if (hasTooMuch(view, outputBytes)) {
      const so = leftoverText(await job.cancel()) || `, and was ended after ${tenths(view.seconds)} s`;
      throw tooMuchOutput('the command', so, outputBytes);
    }
    // Both ends of a silence are read on the server's clock: time without a connection is no silence.
    if (bytes !== loud.bytes || isFull(view)) loud = { bytes, seconds: view.seconds };
    if ((view.seconds - loud.seconds) * 1000 >= silenceMs) {
      throw ended(`the command wrote nothing for ${silenceMs / 1000} s`, await job.cancel());
    }
    const longest = Math.max(view.seconds, clock());
    if (longest > latest) throw ended(`the command was still running after ${tenths(longest)} s`, await job.cancel());
    await pause(Math.max(0, wait - asked()) * 1000, signal);
    asked = stopwatch();
    view = await job.poll(wait);
  }
  return job.result(view);
}

/** Seconds since it was made, on a clock that nobody sets. */
function stopwatch(elapsedMs = 0): () => number {
  const began = performance.now() - elapsedMs;
  return () => (performance.now() - began) / 1000;
}

/** No more is kept of what it writes, so that its size says nothing. */
function isFull({ out, err }: JobView): boolean {
  return out.cut || err.cut;
}

function ended(what: string, leftover: readonly LeftoverProcess[]): Failure {
  return new Failure('BenchmarkTimedOut', what + (leftoverText(leftover) || ', and was killed'));
}

import type { Ssh } from '../domain/jobs/job.ts';
import { leftoverName, type LeftoverProcess } from '../domain/jobs/leftover.ts';
import type { ReleaseRequest } from '../domain/plans/plan.ts';
import { lastReleaseMs } from '../domain/plans/time-limits.ts';
import { printable } from '../domain/values/untrusted.ts';
import { unresponsive, withTimeLimit } from './answer-limit.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { withHeartbeat } from './heartbeat.ts';

/** A server can answer thousands, which would not fit into a result. */
const MAX_NAMED = 50;

/**
 * Ends and removes all jobs of a run on its server, then checks again. Runs when the results are in the history. Afterwards
 * no job of the run can start, not even from a delayed request.
 * @returns the names of the processes that could not be killed
 */
export function releaseServer({
  configuration,
  ssh,
}: ActivityDependencies): (request: ReleaseRequest) => Promise<string[]> {
  return async (request) => {
    const { ssh: settings } = await configuration();
    const ms = request.unresponsive ? lastReleaseMs(settings) : settings.answerTimeoutMs;
    return withHeartbeat({ jobs: request.prefix, folder: request.host.base }, () =>
      withTimeLimit(ms, unresponsive('the end of its jobs', ms), async (signal) => {
        const { earlier = [], ...own } = request;
        const left: string[] = [];
        for (const prefix of [...earlier, request.prefix])
          left.push(...(await endAll(ssh, { ...own, prefix, signal })));
        const more = left.length - MAX_NAMED;
        return more > 0 ? [...left.slice(0, MAX_NAMED), `${more} more`] : left;
      })
    );
  };
}

async function endAll({ jobs }: Ssh, all: ReleaseRequest & { signal: AbortSignal }): Promise<string[]> {
  const { running, leftover } = await jobs.cleanJobs(all);
  if (running.length === 0) return leftover.map(nameOf);
  const ended = await Promise.all(running.map((jobId) => jobs.cancelJob({ ...all, jobId })));
  const second = await jobs.cleanJobs(all);
  const processes = [...ended.flatMap((each) => each.leftover), ...second.leftover].map(nameOf);
  return [...processes, ...second.running.map((jobId) => `the job ${printable(jobId, 200)}`)];
}

function nameOf({ name, ...process }: LeftoverProcess): string {
  return leftoverName({ ...process, name: printable(name, 40) });
}

import { activityInfo, heartbeat } from '@temporalio/activity';
import type { JobProgress } from '../domain/jobs/job.ts';

/** A heartbeat costs Temporal and the worker about 9 ms of CPU time. */
const FIRST_MS = 3_000;
const MAX_MS = 10_000;

/**
 * Sends heartbeats during `work`, with the current step and progress for the Web UI: after 3, 6 and 12 s, then every 10 s.
 * A terminated workflow ends its activity with the next one; a cancelled one does not wait for it.
 */
export async function withHeartbeat<Result>(
  where: Record<string, string | number>,
  work: (onProgress: (progress: JobProgress) => void) => Promise<Result>
): Promise<Result> {
  let latest: JobProgress = { outputBytes: 0 };
  if (activityInfo().isLocal) return work(() => undefined); // short, and has none
  const begin = performance.now();
  let timer: NodeJS.Timeout;
  const wait = (): void => {
    const ms = Math.min(MAX_MS, Math.max(FIRST_MS, performance.now() - begin));
    timer = setTimeout(() => {
      heartbeat({ ...where, ...latest });
      wait();
    }, ms);
  };
  try {
    wait();
    return await work((progress) => (latest = progress));
  } finally {
    clearTimeout(timer!);
  }
}

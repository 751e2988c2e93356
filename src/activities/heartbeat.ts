import { activityInfo, heartbeat } from '@temporalio/activity';
import type { JobProgress } from '../domain/jobs/job.ts';

/** A heartbeat costs Temporal and the worker about 9 ms of CPU time. */
const FIRST_MS = 6_000;
/** Of the time after which Temporal would believe that this worker is lost. */
const SHARE = 0.4;

/**
 * Sends heartbeats during `work`, with the current step and progress for the Web UI: after 6 and 12 s, then every 12 s;
 * more rarely in long benchmarks, which have a longer heartbeat timeout. A terminated workflow ends its activity with the
 * next one; a cancelled one does not wait for it.
 * @param rhythm - `onFirst`: called with the first heartbeat: work that is over before has none; `maxMs`: the longest wait
 */
export async function withHeartbeat<Result>(
  where: Record<string, string | number>,
  work: (onProgress: (progress: JobProgress) => void) => Promise<Result>,
  { onFirst = () => undefined, maxMs: ownMaxMs = Infinity }: { onFirst?: () => void; maxMs?: number } = {}
): Promise<Result> {
  let latest: JobProgress = { outputBytes: 0 };
  const { isLocal, heartbeatTimeoutMs = 0 } = activityInfo();
  if (isLocal) return work(() => undefined); // short, and has none
  const maxMs = Math.min(ownMaxMs, Math.max(FIRST_MS, SHARE * heartbeatTimeoutMs));
  const begin = performance.now();
  let timer: NodeJS.Timeout;
  let isFirst = true;
  const wait = (): void => {
    const ms = Math.min(maxMs, Math.max(FIRST_MS, performance.now() - begin));
    timer = setTimeout(() => {
      heartbeat({ ...where, ...latest });
      if (isFirst) onFirst();
      isFirst = false;
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

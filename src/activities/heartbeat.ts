import { heartbeat } from '@temporalio/activity';
import type { JobProgress } from '../domain/jobs/job.ts';

const HEARTBEAT_MS = 1_000;

/** Sends a heartbeat every second during `work`, with the current step and progress for the Web UI. */
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

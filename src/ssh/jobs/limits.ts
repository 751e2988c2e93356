import { OUTPUT_LIMIT_BYTES } from '../../domain/jobs/output-limit.ts';

export interface DetachedJobLimits {
  /** Of each stream in the result. A job that prints more is killed. */
  outputBytes: number;
  /** Kept of each stream on the server, which takes a quarter of its free space where that is less. */
  keptBytes: number;
  /** A poll waits no longer on the server. */
  pollSeconds: number;
  /** From TERM to KILL. */
  graceSeconds: number;
  /** After its timeout, for its own runner to end it, before it is killed from here. */
  overtimeSeconds: number;
  /** For an answer, in addition to the time of the command: login files can be slow. */
  answerMs: number;
  /** For a server that was reached once, from the moment it is unreachable. */
  reconnectTimeoutMs: number;
}

export const DETACHED_JOB_LIMITS: DetachedJobLimits = {
  outputBytes: OUTPUT_LIMIT_BYTES,
  keptBytes: 64 * 1024 * 1024,
  pollSeconds: 10,
  graceSeconds: 2,
  overtimeSeconds: 15,
  answerMs: 30_000,
  reconnectTimeoutMs: 5 * 60_000,
};

/** The free space a job needs: for its output that is read, and as much again for temporary files of tools. */
export function neededKib({ outputBytes }: Pick<DetachedJobLimits, 'outputBytes'>): number {
  return Math.ceil((4 * outputBytes) / 1024);
}

import { OUTPUT_LIMIT_BYTES } from '../../domain/jobs/output-limit.ts';

export interface DetachedJobLimits {
  /** Read of each stream, in the result. A job that prints more is ended. */
  outputBytes: number;
  /** Kept of each stream on the server, which takes a quarter of its free space where that is less. */
  keptBytes: number;
  /** Carried by one answer, of each stream. */
  answerBytes: number;
  /** The longest that a poll waits on the server: it is over by itself, whoever asked. */
  pollSeconds: number;
  /** From TERM to KILL. */
  graceSeconds: number;
  /** Beyond its time: before a job is ended from here that its own runner should have ended. */
  overtimeSeconds: number;
  /** For an answer, in addition to the time of the command: login files can be slow. */
  answerMs: number;
  /** How long a server may be unreachable after the first connection. */
  patienceMs: number;
}

export const detachedJobLimits: DetachedJobLimits = {
  outputBytes: OUTPUT_LIMIT_BYTES,
  keptBytes: 64 * 1024 * 1024,
  answerBytes: 1024 * 1024,
  pollSeconds: 10,
  graceSeconds: 2,
  overtimeSeconds: 15,
  answerMs: 30_000,
  patienceMs: 5 * 60_000,
};

/** What has to be free on the server for a job: what is read of its output, and as much again for the litter of tools. */
export function neededKib({ outputBytes }: Pick<DetachedJobLimits, 'outputBytes'>): number {
  return Math.ceil((4 * outputBytes) / 1024);
}

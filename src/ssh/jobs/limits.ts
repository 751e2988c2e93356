import { CUT_MARK, MAX_KEPT_BYTES, OUTPUT_LIMIT_BYTES, type KeptOutput } from '../../domain/jobs/output-limit.ts';

export interface DetachedJobLimits {
  /** The limit of each stream in the result. A job that prints more is killed. */
  outputBytes: number;
  /** The limit of each stream on the server, or a quarter of its free space if that is less. */
  keptBytes: number;
  /** The maximum wait of a poll on the server. */
  pollSeconds: number;
  /** The time between TERM and KILL. */
  graceSeconds: number;
  /** The time between the timeout of a job, which its runner enforces, and our own kill. */
  overtimeSeconds: number;
  /** Maximum time for an answer, in addition to the time of the command: login files can be slow. */
  answerMs: number;
  /** Maximum time in which a server that was reached before may be unreachable. */
  reconnectTimeoutMs: number;
}

export const DETACHED_JOB_LIMITS: DetachedJobLimits = {
  outputBytes: OUTPUT_LIMIT_BYTES,
  keptBytes: MAX_KEPT_BYTES,
  pollSeconds: 60,
  graceSeconds: 2,
  overtimeSeconds: 15,
  answerMs: 30_000,
  reconnectTimeoutMs: 5 * 60_000,
};

/** The end of an output that was too long: for a person. */
const TAIL_BYTES = 64 * 1024;

/** What a job may print, and what is kept and read of it, in bytes of each stream. */
export interface OutputLimits extends KeptOutput {
  /** What is read of it. */
  read: number;
  /** Whether a longer output is an error. */
  isStrict: boolean;
}

export function outputLimits(
  keep: KeptOutput | undefined,
  { outputBytes, keptBytes }: Pick<DetachedJobLimits, 'outputBytes' | 'keptBytes'>
): OutputLimits {
  if (keep === undefined) return { head: keptBytes, tail: TAIL_BYTES, read: outputBytes, isStrict: true };
  // The mark stands between the two, in a line of its own.
  return { ...keep, read: keep.head + keep.tail + CUT_MARK.length + 2, isStrict: false };
}

/** The free space that a job needs: for both output streams, and as much again for temporary files. */
export function neededKib({ outputBytes }: Pick<DetachedJobLimits, 'outputBytes'>): number {
  return Math.ceil((4 * outputBytes) / 1024);
}

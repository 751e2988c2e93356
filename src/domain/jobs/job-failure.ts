import { Failure } from '../failures/failure.ts';
import type { JobResult } from './job.ts';

/** What a job printed. Untrusted text. */
export type JobOutput = Pick<JobResult, 'stdout' | 'stderr'> & Partial<Pick<JobResult, 'truncated'>>;

/** The failure of a job that has printed something, which may be the only explanation. */
export class JobFailure extends Failure {
  readonly output: JobOutput;

  constructor(cause: Failure, output: JobOutput) {
    super(cause.kind, cause.message, { cause });
    this.output = output;
  }
}

/** The failure, with what its job printed; null: unknown. */
export function withOutput(failure: Failure, output: JobOutput | null): Failure {
  return output === null ? failure : new JobFailure(failure, output);
}

/** What the job of an error printed; null: unknown. */
export function outputOf(error: unknown): JobOutput | null {
  return error instanceof JobFailure ? error.output : null;
}

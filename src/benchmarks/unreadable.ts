import { Failure } from '../domain/failures/failure.ts';
import type { JobResult } from '../domain/jobs/job.ts';
import { printable } from '../domain/values/untrusted.ts';

/** UnreadableOutput: what was missed, and the start of what was there instead. */
export function unreadable(what: string, output: Pick<JobResult, 'stdout' | 'stderr'>): Failure {
  const stdout = printable(output.stdout, 200);
  const stderr = printable(output.stderr, 200);
  const shown = [stdout && `stdout "${stdout}"`, stderr && `stderr "${stderr}"`].filter(Boolean).join(', ');
  return new Failure('UnreadableOutput', `${what}; ${shown || 'it printed nothing'}`);
}

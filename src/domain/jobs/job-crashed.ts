import { Failure } from '../failures/failure.ts';
import type { ProcessLimits } from '../servers/process-limits.ts';
import { printable } from '../values/untrusted.ts';
import type { JobResult } from './job.ts';
import { killedBy } from './killed-by.ts';

/** BenchmarkCrashed: how the job of a program ended, and the last it said. @param what - `sysbench` */
export function jobCrashed(
  what: string,
  { exitCode, signal, stderr, stdout }: Pick<JobResult, 'exitCode' | 'signal' | 'stderr' | 'stdout'>,
  limits: ProcessLimits | null
): Failure {
  const how = exitCode === null ? killedBy(signal, limits) : `exited with ${exitCode}`;
  const said = printable((stderr.trim() || stdout.trim()).slice(-300), 300);
  return new Failure('BenchmarkCrashed', `${what} ${how}${said === '' ? ' without output' : `: ${said}`}`);
}

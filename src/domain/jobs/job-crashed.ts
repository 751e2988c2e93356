import { Failure } from '../failures/failure.ts';
import type { ProcessLimits } from '../servers/process-limits.ts';
import { formatNumber } from '../values/numbers.ts';
import { printable } from '../values/untrusted.ts';
import type { JobResult } from './job.ts';

/** BenchmarkCrashed with how the job ended, and its last output. @param what - the program: `sysbench` */
export function jobCrashed(
  what: string,
  { exitCode, signal, stderr, stdout }: Pick<JobResult, 'exitCode' | 'signal' | 'stderr' | 'stdout'>,
  limits: ProcessLimits | null
): Failure {
  const how = exitCode === null ? killedBy(signal, limits) : `exited with ${exitCode}`;
  const said = printable((stderr.trim() || stdout.trim()).slice(-300), 300);
  return new Failure('BenchmarkCrashed', `${what} ${how}${said === '' ? ' without output' : `: ${said}`}`);
}

/** The signal that ended a process, or the process limit behind it and what to do. */
export function killedBy(signal: string | null, limits: ProcessLimits | null): string {
  const seconds = limits?.cpuSeconds ?? null;
  const limit = `the CPU time limit${seconds === null ? '' : ` of ${formatNumber(seconds)} s`} per process (ulimit -t)`;
  const raise = 'raise it for this account, or shorten the benchmark';
  if (signal === 'SIGXCPU') return `was killed by ${limit}: ${raise}`;
  if (signal === 'SIGXFSZ') return 'was killed by the file size limit (ulimit -f): raise it for this account';
  if (signal === 'SIGKILL' && seconds !== null) return `was killed by SIGKILL, probably by ${limit}: ${raise}`;
  return `was killed by ${signal ?? 'a signal'}`;
}

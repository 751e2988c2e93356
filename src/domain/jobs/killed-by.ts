import { formatNumber } from '../values/numbers.ts';
import type { ProcessLimits } from '../servers/process-limits.ts';

/** By what a signal ended a command, where a limit of its processes sends that signal: what was reached, and what to do. */
export function killedBy(signal: string | null, limits: ProcessLimits | null): string {
  const seconds = limits?.cpuSeconds ?? null;
  const cpu = seconds === null ? 'the limit of CPU time' : `the limit of ${formatNumber(seconds)} s of CPU time`;
  const raise = 'raise it for this account, or shorten the benchmark';
  if (signal === 'SIGXCPU') return `was ended by ${cpu} of a process there (ulimit -t): ${raise}`;
  if (signal === 'SIGXFSZ') {
    return 'was ended by the limit of the size of a file there (ulimit -f): raise it for this account';
  }
  if (signal === 'SIGKILL' && seconds !== null) {
    return `was killed by SIGKILL, as ${cpu} of a process there (ulimit -t) does it: ${raise}`;
  }
  return `was killed by ${signal ?? 'a signal'}`;
}

import { cpuBetween } from '../domain/measurements/cpu-shares.ts';
import type { OtherWork } from '../domain/measurements/quiet-limits.ts';
import { shellQuote } from '../domain/jobs/shell.ts';
import { gpuFunctions, readGpuProcesses } from './gpu-processes.ts';
import { readCpuTime } from './read-machine-state.ts';

/** Output before it comes from a login script, and is ignored. */
const BEGIN = '@@ fleetmark work @@';

/**
 * The script (POSIX sh: dash, bash, busybox) that measures for one second what others do on a server;
 * {@link parseOtherWork} reads its output.
 * @param afterSeconds - the wait before the measurement
 * @param root - prefix of /proc and /sys, for tests
 */
export function otherWorkCommand({ afterSeconds }: { afterSeconds: number }, root = ''): string {
  const stat = `read -r line <${shellQuote(`${root}/proc/stat`)} && echo "$line"`;
  return `${gpuFunctions(root)}
${afterSeconds > 0 ? `sleep ${afterSeconds}` : ''}
{
  printf '\\n%s\\n' ${shellQuote(BEGIN)}
  ${stat}
  sleep 1
  ${stat}
  gpu_processes
} 2>/dev/null
exit 0`;
}

/** Unreadable values are null: an unknown value never makes a server busy. */
export function parseOtherWork(stdout: string): OtherWork {
  const lines = stdout.split('\n').map((line) => line.trimEnd());
  const answers = lines.slice(lines.lastIndexOf(BEGIN) + 1);
  const [before = '', after = ''] = answers.filter((line) => line.startsWith('cpu '));
  return {
    cpu: cpuBetween(readCpuTime(before), readCpuTime(after))?.used ?? null,
    gpuProcesses: readGpuProcesses(answers),
  };
}

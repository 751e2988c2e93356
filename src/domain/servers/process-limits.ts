import { fields, isNumber, isShape, orNull } from '../values/json-value.ts';
import { formatNumber } from '../values/numbers.ts';

/** What the rules of a server allow a benchmark's processes there. Null: no limit, or unknown. */
export interface ProcessLimits {
  /** CPUs by the lowest CPU quota of its control group and of those above it. */
  quotaCpus: number | null;
  /** CPU time of each process: `ulimit -t`. */
  cpuSeconds: number | null;
  /** The lowest of `ulimit -v` and the memory limits of its control groups. */
  memoryKib: number | null;
}

export const isProcessLimits = isShape<ProcessLimits>(fields(orNull(isNumber), 'quotaCpus', 'cpuSeconds', 'memoryKib'));

/** `a CPU quota of 0.1 CPUs`, and the same for each other limit that is set. */
export function limitTexts({ quotaCpus, cpuSeconds, memoryKib }: ProcessLimits): string[] {
  return [
    ...(quotaCpus === null ? [] : [quotaText(quotaCpus)]),
    ...(cpuSeconds === null ? [] : [`${formatNumber(cpuSeconds)} s of CPU time for a process (ulimit -t)`]),
    ...(memoryKib === null ? [] : [`${formatNumber(memoryKib / 1024)} MiB of memory`]),
  ];
}

export function quotaText(cpus: number): string {
  return `a CPU quota of ${formatNumber(cpus)} ${cpus === 1 ? 'CPU' : 'CPUs'}`;
}

import { fields, isNumber, isShape, orNull } from '../values/json-value.ts';
import { formatNumber } from '../values/numbers.ts';

/** The limits of a server for the processes of a benchmark. Null: no limit, or unknown. */
export interface ProcessLimits {
  /** The lowest CPU quota of its control group and the groups above it, in CPUs. */
  quotaCpus: number | null;
  /** CPU time of each process: `ulimit -t`. */
  cpuSeconds: number | null;
  /** The lowest of `ulimit -v` and the memory limits of its control groups. */
  memoryKib: number | null;
}

export const isProcessLimits = isShape<ProcessLimits>(fields(orNull(isNumber), 'quotaCpus', 'cpuSeconds', 'memoryKib'));

/** One phrase for each limit that is set: `a CPU quota of 0.1 CPUs`. */
export function limitTexts({ quotaCpus, cpuSeconds, memoryKib }: ProcessLimits): string[] {
  return [
    ...(quotaCpus === null ? [] : [quotaText(quotaCpus)]),
    ...(cpuSeconds === null ? [] : [`${formatNumber(cpuSeconds)} s of CPU time per process (ulimit -t)`]),
    ...(memoryKib === null ? [] : [`${formatNumber(memoryKib / 1024)} MiB of memory`]),
  ];
}

export function quotaText(cpus: number): string {
  return `a CPU quota of ${formatNumber(cpus)} ${cpus === 1 ? 'CPU' : 'CPUs'}`;
}

import type { GpuProcess } from './machine-state.ts';
import { exceeds, shareAbove } from './quiet-limits.ts';
import type { QuietLimits } from './quiet-limits.ts';

/** What others do on a machine before anything is started on it. Null: unknown. */
export interface OtherWork {
  /** Share of all CPU time, 0 to 1. */
  cpu: number | null;
  gpuProcesses: GpuProcess[] | null;
}

/** What the note of a server begins with that was measured all the same. */
export const BESIDE_OTHER_WORK = 'measured although it was already working';

const NAMED_PROCESSES = 3;

/** One phrase with the share or the processes; null for a machine that is quiet by the limits. */
export function whyBusy({ cpu, gpuProcesses }: OtherWork, limits: QuietLimits): string | null {
  const phrases: string[] = [];
  if (exceeds(cpu, limits.cpu)) phrases.push(`others use ${shareAbove(cpu, 'its CPU time', limits.cpu)}`);
  if (gpuProcesses !== null && exceeds(gpuProcesses.length, limits.gpuProcesses)) {
    const named = gpuProcesses.slice(0, NAMED_PROCESSES).map(({ pid, name }) => `${name} (process ${pid})`);
    const more = gpuProcesses.length - named.length;
    phrases.push(`its GPUs are used by ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`);
  }
  return phrases.length > 0 ? phrases.join(', and ') : null;
}

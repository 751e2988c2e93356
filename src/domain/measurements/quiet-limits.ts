import { formatNumber } from '../values/numbers.ts';

/** What counts as a quiet machine. Shares from 0 to 1; null: not looked at. */
export interface QuietLimits {
  /** Share of its CPU time that others may use before anything is started on it. */
  cpu: number | null;
  /** Compute processes of others on its GPUs, before and while it is measured. */
  gpuProcesses: number | null;
  /** Share of all CPU time that others than the benchmark may use meanwhile. */
  otherLoad: number | null;
  /** Share of all CPU time that the hypervisor, a CPU quota or a freezer may withhold meanwhile. */
  steal: number | null;
  /**
   * Share of its CPU time that a benchmark which loads all CPUs may leave unused meanwhile: above what its start and end
   * take, up to 3 % of a sample of a second, and not above the usual tolerance, or a stop would be a failure.
   */
  unused: number | null;
  /** How often it may slow down for heat meanwhile. */
  throttling: number | null;
}

/** False for what is not known, and for a limit that is off. */
export function exceeds<Value extends number | null>(
  value: Value,
  limit: number | null
): value is Exclude<Value, null> {
  return value !== null && limit !== null && value > limit;
}

/** `42.1 % of its CPU time (limit 15 %)`; a share above its limit is never rounded down to it. */
export function shareAbove(share: number, of: string, limit: number | null): string {
  const [permille, limitPermille] = [Math.round(share * 1000), Math.round((limit ?? 0) * 1000)];
  return `${formatNumber(Math.max(permille, limitPermille + 1) / 10)} % of ${of} (limit ${formatNumber((limit ?? 0) * 100)} %)`;
}

import type { ProcessLimits } from '../servers/process-limits.ts';

/** What a machine was doing at one moment. Null or empty: it could not be read there. */
export interface MachineState {
  cpu: CpuTime | null;
  /** How many CPUs that is the time of. */
  countedCpus: number | null;
  /** Load average of the last minute. */
  load: number | null;
  uptimeSeconds: number | null;
  /** CPU time of the benchmark's own processes until now. */
  ownCpuSeconds: number | null;
  /** How long a CPU quota has kept processes of its control groups from running, all CPUs together. */
  throttledSeconds: number | null;
  /** How long its control group has been frozen. */
  frozenSeconds: number | null;
  limits: ProcessLimits;
  /** Clock of the CPUs. */
  megahertz: { mean: number; lowest: number } | null;
  /** Of the first CPU: `performance`, `powersave`, ... */
  governor: string | null;
  /** How often the CPUs have slowed down for heat since boot, as they count it: each core, and each package. */
  throttlings: number | null;
  /** The hottest sensor of the CPUs. */
  celsius: number | null;
  gpus: GpuState[];
  gpuProcesses: GpuProcess[] | null;
}

/** Time of all CPUs together since boot, in ticks of {@link TICKS_PER_SECOND}; idle includes waiting for disks. */
export interface CpuTime {
  total: number;
  idle: number;
  /** Wanted by this machine and withheld by its hypervisor. */
  steal: number;
}

/** USER_HZ, 100 wherever a benchmark may run: https://man7.org/linux/man-pages/man7/time.7.html */
export const TICKS_PER_SECOND = 100;

export interface GpuState {
  /** PCI address: the index of nvidia-smi is another GPU's once one is gone. */
  address: string;
  /** 0 to 1 */
  utilization: number | null;
  celsius: number | null;
  /** What slows it down at this moment: heat, a power brake, the hardware itself. Not its power limit, which is normal. */
  slowdowns: string[] | null;
  /** How long heat has slowed it down since its driver was loaded. Newer drivers only. */
  slowedMicroseconds: number | null;
}

export interface GpuProcess {
  pid: number;
  /** Untrusted text of the server, made printable. */
  name: string;
}

/** How the CPU time between two moments was spent: shares from 0 to 1, `ticks` of it in all. Null if that is unknown. */
export function cpuBetween(
  before: CpuTime | null,
  after: CpuTime | null
): { used: number; steal: number; ticks: number } | null {
  if (before === null || after === null) return null;
  const ticks = after.total - before.total;
  if (!(ticks > 0)) return null;
  // The kernel lets idle and stolen time go back a little now and then.
  const idle = Math.max(after.idle - before.idle, 0);
  const steal = Math.max(after.steal - before.steal, 0);
  return { used: share(ticks - idle - steal, ticks), steal: share(steal, ticks), ticks };
}

/** From 0 to 1, whatever is divided. */
export function share(part: number, whole: number): number {
  return Math.min(Math.max(part / whole, 0), 1);
}

import type { ProcessLimits } from '../servers/process-limits.ts';

/** The state of a machine at one moment. Null or empty: unknown. */
export interface MachineState {
  cpu: CpuTime | null;
  /** The number of CPUs in `cpu`. */
  countedCpus: number | null;
  /** Load average of the last minute. */
  load: number | null;
  uptimeSeconds: number | null;
  /** CPU time of the benchmark's own processes so far. */
  ownCpuSeconds: number | null;
  /** How long CPU quotas have kept the processes of its control groups from running, summed over all CPUs. */
  throttledSeconds: number | null;
  /** How long its control group has been frozen. */
  frozenSeconds: number | null;
  limits: ProcessLimits;
  megahertz: { mean: number; lowest: number } | null;
  /** Frequency governor of the first CPU: `performance`, `powersave`, ... */
  governor: string | null;
  /** Thermal throttlings since boot, summed over all cores and packages. */
  throttlings: number | null;
  /** The hottest sensor of the CPUs. */
  celsius: number | null;
  gpus: GpuState[];
  gpuProcesses: GpuProcess[] | null;
}

/** Time since boot, summed over all CPUs, in ticks of 10 ms; idle includes waiting for disks. */
export interface CpuTime {
  total: number;
  idle: number;
  /** CPU time that this machine wanted, but that its hypervisor withheld. */
  steal: number;
}

export interface GpuState {
  /** PCI address: the indexes of nvidia-smi shift when a GPU is missing. */
  address: string;
  /** 0 to 1 */
  utilization: number | null;
  celsius: number | null;
  /**
   * Slowdowns because of heat, a power brake or the hardware itself; not because of the power limit, which is normal.
   */
  slowdowns: string[] | null;
  /** Time of slowdowns because of heat since the driver was loaded. Newer drivers only. */
  slowedMicroseconds: number | null;
}

export interface GpuProcess {
  pid: number;
  /** Untrusted text from the server, made printable. */
  name: string;
}

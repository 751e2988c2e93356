import type { ProcessLimits } from '../servers/process-limits.ts';

/** The state of a machine at one moment. Null or empty: unknown. */
export interface MachineState {
  cpu: CpuTime | null;
  /** The number of CPUs in `cpu`. */
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
  megahertz: { mean: number; lowest: number } | null;
  /** Of the first CPU: `performance`, `powersave`, ... */
  governor: string | null;
  /** Thermal throttlings since boot, of each core and each package. */
  throttlings: number | null;
  /** The hottest sensor of the CPUs. */
  celsius: number | null;
  gpus: GpuState[];
  gpuProcesses: GpuProcess[] | null;
}

/** Time of all CPUs together since boot, in ticks of 10 ms; idle includes waiting for disks. */
export interface CpuTime {
  total: number;
  idle: number;
  /** Wanted by this machine and withheld by its hypervisor. */
  steal: number;
}

export interface GpuState {
  /** PCI address: the index of nvidia-smi is another GPU's once one is gone. */
  address: string;
  /** 0 to 1 */
  utilization: number | null;
  celsius: number | null;
  /** Heat, a power brake or the hardware itself; not its power limit, which is normal. */
  slowdowns: string[] | null;
  /** By heat, since its driver was loaded. Newer drivers only. */
  slowedMicroseconds: number | null;
}

export interface GpuProcess {
  pid: number;
  /** Untrusted text of the server, made printable. */
  name: string;
}

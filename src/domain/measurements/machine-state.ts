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

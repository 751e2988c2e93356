import { grouped } from './grouped.ts';
import type { ProcessLimits } from './process-limits.ts';

/** A graphics processor or accelerator that the kernel shows in sysfs, whether or not any tool sees it. */
export interface Gpu {
  /** PCI address, `0000:65:00.0`. */
  address: string;
  vendor: 'nvidia' | 'amd';
  /** PCI device id, `2330`; null: unknown. Left out by earlier versions. */
  deviceId?: string | null;
  /** `NVIDIA H100 80GB HBM3`; null: nothing on the machine names it. Left out by earlier versions. */
  model?: string | null;
}

/** What a machine is, as far as choosing and judging its benchmarks needs it. Untrusted: the server said so. */
export interface Machine {
  /** `Debian GNU/Linux 12 (bookworm)` */
  system: string | null;
  kernel: string | null;
  cpuModel: string | null;
  /** CPUs that our user may use (`nproc`, which honours an affinity). */
  cpus: number;
  memoryMib: number | null;
  gpus: Gpu[];
  /** What its rules allow our processes. Left out by earlier versions. */
  limits?: ProcessLimits;
  /** Variables of its environment that hide devices from benchmarks, `CUDA_VISIBLE_DEVICES=0`. Left out by earlier versions. */
  hidesDevices?: string[];
  /** Those of the executables we asked for that are on its PATH. */
  executables: string[];
  /** Its package manager, for advice: `apt-get`, `dnf`, `zypper`, `apk`, `pacman`. */
  packageManager: string | null;
}

/** What a report says of a machine, and what a hardware class is detected by. Untrusted: the server said so. */
export interface MachineFacts {
  system: string | null;
  cpuModel: string | null;
  cpus: number;
  memoryMib: number | null;
  /** By model, in the order of their PCI addresses. */
  gpus: GpuFacts[];
}

export interface GpuFacts {
  /** `NVIDIA H100 80GB HBM3`; where nothing on the machine names it, its PCI ids: `NVIDIA 10de:2330`. */
  model: string;
  count: number;
}

export function machineFacts({ system, cpuModel, cpus, memoryMib, gpus }: Machine): MachineFacts {
  const models = [...grouped(gpus, modelOf)].map(([model, { length: count }]) => ({ model, count }));
  return { system, cpuModel, cpus, memoryMib, gpus: models };
}

function modelOf({ model, vendor, deviceId }: Gpu): string {
  const [name, vendorId] = vendor === 'nvidia' ? ['NVIDIA', '10de'] : ['AMD', '1002'];
  return model ?? (deviceId ? `${name} ${vendorId}:${deviceId}` : `${name} ${vendorId}`);
}

/** What its environment keeps from the benchmarks of a server with GPUs, for the notes of its row. */
export function devicesHidden({ gpus, hidesDevices = [] }: Machine): string[] {
  if (gpus.length === 0 || hidesDevices.length === 0) return [];
  return [`its environment says which devices a benchmark sees: ${hidesDevices.join(', ')}`];
}

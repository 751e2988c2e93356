import { grouped } from '../values/grouped.ts';
import { shortList } from '../values/short-list.ts';
import type { ProcessLimits } from './process-limits.ts';

/** A GPU or accelerator that the kernel shows in sysfs, even if no tool sees it. */
export interface Gpu {
  /** PCI address, `0000:65:00.0`. */
  address: string;
  vendor: 'nvidia' | 'amd' | 'intel';
  /** PCI device id, `2330`; null: unknown. Missing from earlier versions, like all fields that follow. */
  deviceId?: string | null;
  /** `NVIDIA H100 80GB HBM3`; null: unknown. */
  model?: string | null;
  /** `GPU-4fcac49b-bc5a-f781-9c02-889186926070`, or AMD's unique id; null: unknown. */
  uuid?: string | null;
}

/** A GPU or accelerator that is not measured. */
export interface OtherGpu {
  address: string;
  /** `1a03` */
  vendorId: string;
  /** The model, or PCI ids if it is unknown. */
  name: string;
  /** `integrated`, `boot VGA`, `display only`, ... */
  why: string;
}

/** The facts about a machine that benchmarks need. Untrusted: they come from the server. */
export interface Machine {
  /** `Debian GNU/Linux 12 (bookworm)` */
  system: string | null;
  kernel: string | null;
  cpuModel: string | null;
  /** CPUs that our user may use (`nproc`, which respects CPU affinity). */
  cpus: number;
  memoryMib: number | null;
  /** The GPUs to measure, in the order of their PCI addresses. */
  gpus: Gpu[];
  /** Missing from earlier versions, like the next two. */
  otherGpus?: OtherGpu[];
  limits?: ProcessLimits;
  /** Environment variables that hide devices from benchmarks: `CUDA_VISIBLE_DEVICES=0`. */
  hidesDevices?: string[];
  /** The requested executables that are on its PATH. */
  executables: string[];
  hardware?: HardwareFacts;
  /** Its package manager, for advice: `apt-get`, `dnf`, `zypper`, `apk`, `pacman`. */
  packageManager: string | null;
}

/** What a vendor asks for first. Missing: unknown. */
export interface HardwareFacts {
  /** `PowerEdge XE9680` */
  product?: string;
  /** Version of the firmware: `2.1.3`. */
  bios?: string;
  /** Version of the kernel's GPU driver: `550.54.15`. */
  gpuDriver?: string;
}

/** The facts about a machine in a report; hardware classes are detected from them. Untrusted. */
export interface MachineFacts extends HardwareFacts {
  system: string | null;
  cpuModel: string | null;
  cpus: number;
  memoryMib: number | null;
  /** By model, in the order of their PCI addresses. */
  gpus: GpuFacts[];
  /** Missing from earlier versions. */
  kernel?: string | null;
}

export interface GpuFacts {
  /** From {@link gpuName}. */
  model: string;
  count: number;
}

export function machineFacts({ system, kernel, cpuModel, cpus, memoryMib, gpus, hardware }: Machine): MachineFacts {
  const models = [...grouped(gpus, gpuName)].map(([model, { length: count }]) => ({ model, count }));
  return { system, kernel, cpuModel, cpus, memoryMib, gpus: models, ...hardware };
}

const vendorNames = { nvidia: ['NVIDIA', '10de'], amd: ['AMD', '1002'], intel: ['Intel', '8086'] } as const;

/** `NVIDIA H100 80GB HBM3`, or `NVIDIA 10de:2330` if the model is unknown. */
export function gpuName({ model, vendor, deviceId }: Gpu): string {
  const [name, vendorId] = vendorNames[vendor];
  return model ?? (deviceId ? `${name} ${vendorId}:${deviceId}` : `${name} ${vendorId}`);
}

/** The vendor in a {@link gpuName} without a model; null: the name is that of a model. */
export function vendorOfUnnamed(name: string): Gpu['vendor'] | null {
  const [, vendor, vendorId] = /^(\S+) ([0-9a-f]{4})(?::[0-9a-f]{4})?$/.exec(name) ?? [];
  const known = Object.entries(vendorNames) as [Gpu['vendor'], readonly string[]][];
  return known.find(([, [shown, id]]) => shown === vendor && id === vendorId)?.[0] ?? null;
}

/** A note for a server with GPUs, if its environment hides devices from benchmarks. */
export function devicesHidden({ gpus, hidesDevices = [] }: Machine): string[] {
  if (gpus.length === 0 || hidesDevices.length === 0) return [];
  return [`its environment limits the devices that a benchmark sees: ${hidesDevices.join(', ')}`];
}

const MAX_GPUS_SHOWN = 4;

/**
 * `not measured: 0000:09:00.0 AMD 1002:164e (integrated)`; null if there are none. On a server without GPUs to measure,
 * display-only ones are not mentioned.
 */
export function otherGpusNote({ gpus, otherGpus = [] }: Pick<Machine, 'gpus' | 'otherGpus'>): string | null {
  const shown = gpus.length > 0 ? otherGpus : otherGpus.filter(({ why }) => why !== 'display only');
  if (shown.length === 0) return null;
  const named = shown.map(({ address, name, why }) => `${address} ${name} (${why})`);
  return `not measured: ${shortList(named, MAX_GPUS_SHOWN)}`;
}

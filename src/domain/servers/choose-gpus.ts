import { gpuName, type Gpu, type Machine, type OtherGpu } from './machine.ts';
import { matchesPattern } from '../values/wildcards.ts';

/** A display controller or processing accelerator on PCI, as the kernel shows it. */
export interface PciGpu {
  /** `0000:65:00.0` */
  address: string;
  /** `10de` */
  vendorId: string;
  /** `2330`; null: unknown. */
  deviceId: string | null;
  /** PCI class and subclass: `0300` display, `0302` 3D, `0380` other display, `1200` accelerator. */
  pciClass: string;
  model: string | null;
  uuid: string | null;
  isBootVga: boolean;
  /** Whether it shares its PCI slot with other parts of an AMD processor. */
  isInProcessor: boolean;
  /** Whether vfio-pci has reserved it for a virtual machine. */
  isPassedThrough: boolean;
}

/** A manual choice of the GPUs to measure: all criteria must match. */
export interface GpuChoice {
  vendor?: Gpu['vendor'];
  /** `*` matches anything, `?` one character; case does not matter. */
  model?: string;
}

export const gpuVendors: Readonly<Record<string, Gpu['vendor']>> = { '10de': 'nvidia', '1002': 'amd', '8086': 'intel' };

/**
 * The GPUs to measure, and the others with a reason each. Without a manual choice, integrated GPUs are not measured, nor is
 * a GPU that only draws the console, if there are GPUs of another model.
 */
export function chooseGpus(shown: readonly PciGpu[], choice: GpuChoice | null): Pick<Machine, 'gpus' | 'otherGpus'> {
  const discrete = shown.filter((each) => whyUnusable(each) === null && !isIntegrated(each));
  const whyNotChosen = (each: PciGpu): string | null => {
    if (choice !== null) return isChosen(each, choice) ? null : 'not chosen';
    if (isIntegrated(each)) return 'integrated';
    return isConsoleOnly(each, discrete) ? 'boot VGA' : null;
  };
  const others = shown.flatMap((each): [PciGpu, OtherGpu][] => {
    const why = whyUnusable(each) ?? whyNotChosen(each);
    const { address, vendorId } = each;
    return why === null ? [] : [[each, { address, vendorId, name: nameOf(each), why }]];
  });
  const isOther = new Set(others.map(([each]) => each));
  return { gpus: shown.filter((each) => !isOther.has(each)).map(gpuOf), otherGpus: others.map(([, other]) => other) };
}

/** Why a device cannot compute; null if it can. */
function whyUnusable(gpu: PciGpu): string | null {
  if (gpu.isPassedThrough) return 'reserved for a virtual machine';
  if (!Object.hasOwn(gpuVendors, gpu.vendorId)) return gpu.pciClass.startsWith('03') ? 'display only' : 'not a GPU';
  if (gpu.vendorId === '1002' && isBeforeCompute(idOf(gpu))) return 'display only';
  return null;
}

/**
 * AMD processors with graphics have the device ids 0x11xx to 0x1fxx, formerly 0x96xx to 0x99xx
 * (https://github.com/torvalds/linux/blob/v6.8/drivers/gpu/drm/amd/amdgpu/amdgpu_drv.c, AMD_IS_APU). An accelerator (class
 * 12) in an AMD processor counts as a compute GPU. Intel's integrated GPUs are on bus 0; Intel cards are on bus 0 only in
 * virtual machines.
 */
function isIntegrated(gpu: PciGpu): boolean {
  if (gpu.vendorId === '8086') return /^[0-9a-f]+:00:/.test(gpu.address) && !isIntelCard(idOf(gpu));
  if (gpu.vendorId !== '1002' || gpu.pciClass.startsWith('12')) return false;
  const id = idOf(gpu);
  return gpu.isInProcessor || (id >= 0x1100 && id <= 0x1fff) || (id >= 0x9600 && id <= 0x99ff);
}

/**
 * Iris Xe MAX, Arc and Data Center GPU Flex, Max and Arc B.
 * @see https://github.com/torvalds/linux/blob/v6.12/include/drm/intel/i915_pciids.h and xe_pciids.h
 */
function isIntelCard(id: number): boolean {
  const isDg = (id >= 0x4905 && id <= 0x4909) || (id >= 0x4f80 && id <= 0x4f8f) || (id >= 0x5690 && id <= 0x56ff);
  return isDg || (id >= 0x0b69 && id <= 0x0bdb) || (id >= 0xe200 && id <= 0xe2ff);
}

/** ATI chips before the R600 (2007), such as the ES1000 (515e) of management controllers, cannot compute. */
function isBeforeCompute(id: number): boolean {
  return (id >= 0x2000 && id < 0x6600) || (id >= 0x7100 && id <= 0x72ff) || (id >= 0x7800 && id <= 0x79ff);
}

/** A workstation draws its console with one of its compute GPUs; a GPU server has a separate card for it. */
function isConsoleOnly(gpu: PciGpu, discrete: readonly PciGpu[]): boolean {
  const others = discrete.filter((each) => each !== gpu);
  return gpu.isBootVga && others.length > 0 && !others.some((each) => isSameModel(each, gpu));
}

function isSameModel(a: PciGpu, b: PciGpu): boolean {
  return a.vendorId === b.vendorId && a.deviceId === b.deviceId;
}

function isChosen(gpu: PciGpu, { vendor, model }: GpuChoice): boolean {
  if (vendor !== undefined && gpuVendors[gpu.vendorId] !== vendor) return false;
  return model === undefined || matchesPattern(nameOf(gpu).toLowerCase(), model.toLowerCase());
}

function idOf({ deviceId }: PciGpu): number {
  return deviceId === null ? Number.NaN : Number.parseInt(deviceId, 16);
}

function gpuOf({ address, vendorId, deviceId, model, uuid }: PciGpu): Gpu {
  return { address, vendor: gpuVendors[vendorId]!, deviceId, model, uuid };
}

function nameOf(gpu: PciGpu): string {
  if (Object.hasOwn(gpuVendors, gpu.vendorId)) return gpuName(gpuOf(gpu));
  return gpu.model ?? `${gpu.vendorId}:${gpu.deviceId ?? '?'}`;
}

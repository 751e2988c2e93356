import type { Machine } from '../domain/servers/machine.ts';
import { pciAddress } from '../domain/servers/pci-address.ts';
import type { OpenclDevice, OpenclPlatform } from './clinfo.ts';
import type { PciLocation } from './opencl-properties.ts';

/** A device as listed by one OpenCL platform. */
export interface OpenclEntry {
  platform: number;
  /** Its index in the list of the platform. */
  position: number;
  device: OpenclDevice;
  kind: 'gpu' | 'accelerator' | 'cpu';
  /** Its PCI address; several if it is ambiguous, empty if unknown. */
  addresses: string[];
  /** Whether it is only a part of the device at its address: a MIG instance, a compute partition. */
  isPart: boolean;
}

/** The entries that may be a device to measure. CPUs are included only if they are requested. */
export function openclEntries(
  platforms: readonly OpenclPlatform[],
  machine: Pick<Machine, 'gpus' | 'otherGpus'>,
  { openclCpuDevices }: { openclCpuDevices: boolean }
): OpenclEntry[] {
  return platforms.flatMap(({ devices }, platform) =>
    devices.flatMap((device, position): OpenclEntry[] => {
      const kind = kindOf(device);
      if (kind === null || (kind === 'cpu' && !openclCpuDevices)) return [];
      return [{ platform, position, device, kind, ...whereIs(device, machine) }];
    })
  );
}

/** A simulator such as Oclgrind has the types CPU, GPU and accelerator at once: it counts as a CPU. */
function kindOf({ types }: OpenclDevice): OpenclEntry['kind'] | null {
  if (types.includes('CL_DEVICE_TYPE_CPU')) return 'cpu';
  if (types.includes('CL_DEVICE_TYPE_GPU')) return 'gpu';
  return types.includes('CL_DEVICE_TYPE_ACCELERATOR') ? 'accelerator' : null;
}

function whereIs(
  { name, uuid, locations }: OpenclDevice,
  { gpus, otherGpus = [] }: Pick<Machine, 'gpus' | 'otherGpus'>
): Pick<OpenclEntry, 'addresses' | 'isPart'> {
  const isPart = / MIG \d/.test(name);
  const known = gpus.find((gpu) => uuid !== null && gpu.uuid === `GPU-${uuid}`);
  if (known) return { addresses: [known.address], isPart };
  const shown = [...gpus, ...otherGpus].map(({ address }) => address);
  for (const location of locations) {
    const found = shown.filter((address) => isAt(address, location));
    if (found.length > 0) return { addresses: found, isPart };
  }
  // Compute partitions of an MI300 have function numbers that do not exist on PCI: https://github.com/ROCm/rocm_smi_lib/issues/208
  for (const location of locations) {
    const found = gpus.filter(({ address }) => location.fn > 0 && isAt(address, { ...location, fn: 0 }));
    if (found.length > 0) return { addresses: found.map(({ address }) => address), isPart: true };
  }
  const [first] = locations;
  if (first === undefined) return { addresses: [], isPart };
  return { addresses: [pciAddress(first.domain ?? 0, first.bus, first.device, first.fn)], isPart };
}

function isAt(address: string, { domain, bus, device, fn }: PciLocation): boolean {
  const own = pciAddress(domain ?? 0, bus, device, fn);
  return domain === null ? address.split(':').slice(1).join(':') === own.slice(5) : address === own;
}

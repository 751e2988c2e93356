/** The location of a device on PCI. */
export interface PciLocation {
  domain: number | null;
  bus: number;
  device: number;
  fn: number;
}

/**
 * The possible locations of an OpenCL device, from the properties in `clinfo --json`; several if its driver is ambiguous.
 * @param property - returns the value of a property such as `CL_DEVICE_PCI_BUS_INFO_KHR`
 */
export function openclLocations(property: (name: string) => unknown): PciLocation[] {
  const khronos = readTopology(property('CL_DEVICE_PCI_BUS_INFO_KHR'));
  if (khronos !== null) return [khronos];
  const nvidia = nvidiaLocations(property);
  if (nvidia.length > 0) return nvidia;
  // It has no field for the domain, and its bus is a signed byte: https://github.com/ROCm/clr/issues/106
  const amd = readTopology(property('CL_DEVICE_TOPOLOGY_AMD'));
  return amd === null ? [] : [{ ...amd, domain: null }];
}

/** `PCI-E, 0000:c1:00.0`; with a signed byte `PCI-E, 0000:ffffffc1:00.0` */
function readTopology(text: unknown): PciLocation | null {
  const found = /^PCI-E, ([0-9a-f]{4,8}):([0-9a-f]{2,8}):([0-9a-f]{2,8})\.([0-9]{1,10})$/.exec(String(text));
  if (!found) return null;
  const [domain, bus, device] = found.slice(1, 4).map((part) => Number.parseInt(part, 16)) as [number, number, number];
  return { domain, bus: bus & 0xff, device: device & 0x1f, fn: Number(found[4]) & 7 };
}

/**
 * NVIDIA's slot combines device and function in one number, as PCI does; that of PoCL's CUDA driver is only the device.
 * Drivers before 2018 do not report the domain, and on some machines two GPUs have the same bus in different domains.
 */
function nvidiaLocations(property: (name: string) => unknown): PciLocation[] {
  const [bus, slot, domain] = ['BUS', 'SLOT', 'DOMAIN'].map((part) => property(`CL_DEVICE_PCI_${part}_ID_NV`));
  if (!isBelow(bus, 0x100) || !isBelow(slot, 0x100)) return [];
  const at = { domain: isBelow(domain, 0x1_0000_0000) ? domain : null, bus };
  const packed = { ...at, device: slot >> 3, fn: slot & 7 };
  return slot === 0 || slot > 0x1f ? [packed] : [packed, { ...at, device: slot, fn: 0 }];
}

function isBelow(value: unknown, limit: number): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < limit;
}

/** `4fcac49b-bc5a-f781-9c02-889186926070`; null if a driver has none, or only zeros. */
export function openclUuid(property: (name: string) => unknown): string | null {
  const text = String(property('CL_DEVICE_UUID_KHR'));
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text) && /[1-9a-f]/.test(text) ? text : null;
}

import { printable } from '../domain/values/untrusted.ts';
import { openclLocations, openclUuid, type PciLocation } from './opencl-properties.ts';

export interface OpenclPlatform {
  name: string;
  /** `NVIDIA Corporation`; may be empty. */
  vendor: string;
  devices: OpenclDevice[];
}

export interface OpenclDevice {
  name: string;
  /** `CL_DEVICE_TYPE_GPU`, `CL_DEVICE_TYPE_CPU`, ... */
  types: string[];
  /** PCI id of the vendor, `10de`; null: unknown. */
  vendorId: string | null;
  /** Possible locations on PCI; empty: unknown. */
  locations: PciLocation[];
  uuid: string | null;
}

/** Long enough to distinguish devices, short enough for a report. */
export function openclName(text: string): string {
  return printable(text, 120);
}

/** The platforms and devices from `clinfo --json` (3.0 and later), in the order of OpenCL; null: unreadable. */
export function readClinfo(text: string): OpenclPlatform[] | null {
  const start = text.search(/\{\s*"platforms"/);
  if (start < 0) return null;
  try {
    const listing: unknown = JSON.parse(repaired(text.slice(start)));
    const platforms = arrayOf(field(listing, 'platforms')).map(readPlatform);
    const devices = arrayOf(field(listing, 'devices') ?? []).map((group) => arrayOf(field(group, 'online') ?? []));
    // clinfo lists no devices if there are no platforms.
    if (platforms.length !== devices.length) return null;
    return platforms.map((platform, index) => ({ ...platform, devices: devices[index]!.map(readDevice) }));
  } catch {
    return null;
  }
}

function readPlatform(platform: unknown): Pick<OpenclPlatform, 'name' | 'vendor'> {
  const vendor = field(platform, 'CL_PLATFORM_VENDOR');
  return {
    name: nameOf(field(platform, 'CL_PLATFORM_NAME')),
    vendor: typeof vendor === 'string' ? openclName(vendor) : '',
  };
}

function readDevice(device: unknown): OpenclDevice {
  const types = arrayOf(field(field(device, 'CL_DEVICE_TYPE'), 'type')).map(String);
  const vendor = field(device, 'CL_DEVICE_VENDOR_ID');
  const vendorId = Number.isInteger(vendor) ? (vendor as number).toString(16).padStart(4, '0') : null;
  const property = (name: string): unknown => field(device, name);
  const [locations, uuid] = [openclLocations(property), openclUuid(property)];
  return { name: nameOf(field(device, 'CL_DEVICE_NAME')), types, vendorId, locations, uuid };
}

/**
 * clinfo prints unquoted pointers for AMD GPUs that see each other (https://github.com/Oblomov/clinfo/issues/93), and does
 * not escape control characters of a driver. Both are invalid JSON; the fields that we read are not affected.
 */
function repaired(json: string): string {
  return json
    .replace(/\p{Cc}/gu, ' ')
    .replace(/"[^"\\]*(?:\\[^]?[^"\\]*)*"?|\b0x[0-9a-fA-F]+/g, (token) =>
      token.startsWith('"') ? token : `"${token}"`
    );
}

function field(object: unknown, key: string): unknown {
  return typeof object === 'object' && object !== null ? (object as Record<string, unknown>)[key] : undefined;
}

function arrayOf(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new TypeError('not a list');
  return value;
}

function nameOf(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('not a name');
  return openclName(value);
}

import { printable } from '../domain/untrusted.ts';

export interface OpenclPlatform {
  name: string;
  devices: OpenclDevice[];
}

export interface OpenclDevice {
  name: string;
  /** `CL_DEVICE_TYPE_GPU`, `CL_DEVICE_TYPE_CPU`, ... */
  types: string[];
}

/** Names are compared and shown: long enough to tell devices apart, too short to flood a report. */
export function openclName(text: string): string {
  return printable(text, 120);
}

/**
 * The platforms and devices that `clinfo --json` (3.0 and later) lists, in OpenCL's own order.
 * @returns null if it lists none that can be read
 */
export function readClinfo(text: string): OpenclPlatform[] | null {
  const start = text.search(/\{\s*"platforms"/);
  if (start < 0) return null;
  try {
    const listing: unknown = JSON.parse(repaired(text.slice(start)));
    const names = arrayOf(field(listing, 'platforms')).map((platform) => nameOf(field(platform, 'CL_PLATFORM_NAME')));
    const devices = arrayOf(field(listing, 'devices') ?? []).map((group) => arrayOf(field(group, 'online') ?? []));
    // With no platform at all there is no list of devices either.
    if (names.length !== devices.length) return null;
    return names.map((name, platform) => ({ name, devices: devices[platform]!.map(readDevice) }));
  } catch {
    return null;
  }
}

function readDevice(device: unknown): OpenclDevice {
  const types = arrayOf(field(field(device, 'CL_DEVICE_TYPE'), 'type'));
  return { name: nameOf(field(device, 'CL_DEVICE_NAME')), types: types.map(String) };
}

/**
 * clinfo prints bare pointers for AMD GPUs that see each other (https://github.com/Oblomov/clinfo/issues/93), and
 * escapes no control character of a driver: neither is JSON, and neither touches what we read.
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

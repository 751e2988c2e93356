import { gpuVendors } from '../domain/servers/choose-gpus.ts';
import { grouped } from '../domain/values/grouped.ts';
import type { Gpu, Machine } from '../domain/servers/machine.ts';
import { comparePciAddresses } from '../domain/servers/pci-address.ts';
import type { OpenclPlatform } from './clinfo.ts';
import { openclEntries, type OpenclEntry } from './opencl-entries.ts';

/** A device to measure; several OpenCL platforms may list it. */
export interface ComputeDevice {
  /** Its index among the GPUs of the machine by PCI address; it does not change if another GPU is missing. */
  index: number;
  /** PCI address; null: its driver does not report it. */
  address: string | null;
  name: string;
  /** Whether its driver lists parts of it instead: MIG instances, compute partitions. */
  isPartitioned: boolean;
  /** The entries on its vendor's platform if there are any, otherwise all. */
  entries: OpenclEntry[];
}

interface Options {
  openclCpuDevices: boolean;
  /** Whether the GPUs were chosen manually: GPUs that only OpenCL lists are then ignored. */
  isChosenByHand: boolean;
}

/** The OpenCL entries of a machine. */
interface Listing {
  platforms: readonly OpenclPlatform[];
  machine: Pick<Machine, 'gpus' | 'otherGpus'>;
  entries: readonly OpenclEntry[];
  /** PCI addresses by index: the GPUs of the machine, then those that only OpenCL shows. */
  order: readonly string[];
}

/**
 * The OpenCL devices to measure, ordered by index, and the names of the other entries. Entries with the same PCI address
 * are one device. An entry without an address is not a GPU if its vendor's driver reports addresses.
 */
export function findComputeDevices(
  platforms: readonly OpenclPlatform[],
  machine: Listing['machine'],
  options: Options
): { devices: ComputeDevice[]; notCounted: string[] } {
  const entries = openclEntries(platforms, machine, options);
  const listing = { platforms, machine, entries, order: addressOrder(entries, machine, options) };
  const located = locatedDevices(listing);
  const unnamed = unnamedDevices(listing, located);
  const alone = otherDevices(listing, located.length === 0);
  const devices = [...located, ...unnamed, ...alone].sort((a, b) => a.index - b.index);
  return { devices, notCounted: notCounted(listing, devices) };
}

function addressOrder(
  entries: readonly OpenclEntry[],
  { gpus, otherGpus = [] }: Listing['machine'],
  { isChosenByHand }: Options
): string[] {
  const shown = [...gpus, ...otherGpus].map(({ address }) => address);
  const listed = entries.filter(({ kind, addresses }) => kind === 'gpu' && addresses.length === 1);
  const extra = new Set(listed.map(({ addresses }) => addresses[0]!).filter((address) => !shown.includes(address)));
  return [...gpus.map(({ address }) => address), ...(isChosenByHand ? [] : [...extra].sort(comparePciAddresses))];
}

function locatedDevices(listing: Listing): ComputeDevice[] {
  const located = listing.entries.filter(({ addresses }) => addresses.length === 1);
  return [...grouped(located, ({ addresses }) => addresses[0]!)].flatMap(([address, of]) => {
    const index = listing.order.indexOf(address);
    return index < 0 ? [] : [deviceOf(listing, index, address, of)];
  });
}

/** Entries that may be any of several GPUs. Entries of one platform are different GPUs; another platform may repeat them. */
function unnamedDevices(listing: Listing, located: readonly ComputeDevice[]): ComputeDevice[] {
  const taken = located.map(({ address }) => address);
  const free = (entry: OpenclEntry): string[] =>
    possibleAddresses(listing, entry).filter((each) => listing.order.includes(each) && !taken.includes(each));
  const unlocated = listing.entries.filter((entry) => entry.addresses.length !== 1 && free(entry).length > 0);
  return [...grouped(unlocated, (entry) => free(entry).join()).values()].flatMap((of) => {
    const pool = free(of[0]!);
    const entries = largestPlatform(of).slice(0, pool.length);
    const address = pool.length === 1 ? pool[0]! : null;
    return entries.map((entry, nth) => deviceOf(listing, listing.order.indexOf(pool[nth]!), address, [entry]));
  });
}

/** The GPUs that an entry without an address may be: all of its vendor, if that vendor's driver reports no addresses. */
function possibleAddresses({ entries, machine }: Listing, { addresses, kind, device }: OpenclEntry): string[] {
  const { vendorId } = device;
  if (addresses.length > 0 || kind !== 'gpu' || vendorId === null) return addresses;
  const isReported = entries.some((other) => other.device.vendorId === vendorId && other.addresses.length > 0);
  const mayBeOther = machine.otherGpus?.some((other) => other.vendorId === vendorId && other.why !== 'display only');
  if (isReported || mayBeOther) return [];
  return machine.gpus.filter(({ vendor }) => vendor === gpuVendors[vendorId]).map(({ address }) => address);
}

/** Devices that are not on PCI: the GPU of an ARM processor, and CPUs if they are requested. */
function otherDevices(listing: Listing, nothingLocated: boolean): ComputeDevice[] {
  const { entries, machine, order } = listing;
  const { gpus, otherGpus = [] } = machine;
  const isOther = ({ kind, addresses, device }: OpenclEntry): boolean => {
    if (kind === 'cpu') return true;
    const isUnknown = nothingLocated && gpus.length === 0 && addresses.length === 0;
    return kind === 'gpu' && isUnknown && !otherGpus.some(({ vendorId }) => vendorId === device.vendorId);
  };
  return [...grouped(entries.filter(isOther), ({ kind, device }) => `${kind} ${device.vendorId}`).values()]
    .flatMap(largestPlatform)
    .map((entry, nth) => deviceOf(listing, order.length + nth, null, [entry]));
}

function largestPlatform(entries: readonly OpenclEntry[]): OpenclEntry[] {
  const byPlatform = [...grouped(entries, ({ platform }) => platform).values()];
  return byPlatform.reduce((most, each) => (each.length > most.length ? each : most), []);
}

/** The names of unused entries without an address, except those that repeat GPUs of their vendor. */
function notCounted({ platforms, entries }: Listing, devices: readonly ComputeDevice[]): string[] {
  const counted = new Set(devices.flatMap((device) => device.entries));
  const vendors = new Set([...counted].map(({ device }) => device.vendorId));
  const others = entries.filter((entry) => {
    const isRepeated = entry.kind === 'gpu' && vendors.has(entry.device.vendorId);
    return entry.addresses.length === 0 && !counted.has(entry) && !isRepeated;
  });
  return [...new Set(others.map(({ platform, device }) => `"${device.name}" of "${platforms[platform]!.name}"`))];
}

function deviceOf(
  { platforms, machine }: Listing,
  index: number,
  address: string | null,
  entries: readonly OpenclEntry[]
): ComputeDevice {
  const shown = machine.gpus.find((gpu) => gpu.address === address)?.vendor;
  const own = entries.filter(({ platform, device }) => isOwnPlatform(platforms[platform]!, shown ?? vendorOf(device)));
  const counted = own.length > 0 ? own : [...entries];
  const isPartitioned = entries.some(({ isPart }) => isPart) || largestPlatform(entries).length > 1;
  return { index, address, name: counted[0]!.device.name, isPartitioned, entries: counted };
}

const ownPlatforms: Record<Gpu['vendor'], RegExp> = {
  nvidia: /nvidia/i,
  amd: /\bamd\b|advanced micro/i,
  intel: /intel/i,
};

function vendorOf({ vendorId }: OpenclEntry['device']): Gpu['vendor'] | undefined {
  return vendorId === null ? undefined : gpuVendors[vendorId];
}

function isOwnPlatform({ name, vendor }: OpenclPlatform, maker: Gpu['vendor'] | undefined): boolean {
  return maker !== undefined && ownPlatforms[maker].test(`${name} ${vendor}`);
}

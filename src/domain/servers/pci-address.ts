/** Parses `0000:c1:00.0` (sysfs) or `00000000:C1:00.0` (nvidia-smi) to the form of sysfs; null if it is not an address. */
export function readPciAddress(text: string): string | null {
  const parts = /^([0-9a-f]{4,8}):([0-9a-f]{2}):([0-9a-f]{2})\.([0-7])$/i.exec(text)?.slice(1);
  return parts ? pciAddress(...(parts.map((part) => Number.parseInt(part, 16)) as PciParts)) : null;
}

/** Domain, bus, device, function. */
type PciParts = [number, number, number, number];

export function pciAddress(domain: number, bus: number, device: number, fn: number): string {
  const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
  return `${hex(domain, 4)}:${hex(bus, 2)}:${hex(device, 2)}.${fn}`;
}

/** Compares addresses as numbers: a domain may have more than four digits. */
export function comparePciAddresses(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : Number(a > b));
}

import type { RowError } from '../failures/failure.ts';
import { isNamedDevice, type Measurement } from '../measurements/measurement.ts';
import { grouped } from '../values/grouped.ts';
import type { Expectation } from './expectation.ts';
import type { RowDevice } from './server-row.ts';
import { deviceText } from './shortfalls.ts';

/** The error for a device that was missing in some samples or metrics, even if nothing is expected of it. */
export function lostDevice(measurements: readonly Measurement[], devices: readonly RowDevice[]): RowError | null {
  for (const [metric, found] of grouped(measurements, (each) => each.metric)) {
    const error = missingDevices(metric, found, { measurements, devices });
    if (error !== null) return error;
  }
  return null;
}

/** The error for fewer devices than the expectation says: the only check for a device that no metric or sample has. */
export function tooFewDevices(
  metric: string,
  found: readonly Measurement[],
  { devices: wanted = 0 }: Expectation
): RowError | null {
  const measured = new Set(found.flatMap(({ device }) => device ?? [])).size;
  if (measured >= wanted) return null;
  return { type: 'DeviceMissing', message: `${metric}: ${measured} of ${wanted} devices measured` };
}

/** The error for a device that only other metrics or other samples have: an unmeasured device must not pass. */
export function missingDevices(
  metric: string,
  found: readonly Measurement[],
  { measurements, devices }: { measurements: readonly Measurement[]; devices: readonly RowDevice[] }
): RowError | null {
  const textOf = (device: number): string => deviceText(device, addressOf(devices, device));
  const own = found.flatMap(({ device }) => device ?? []);
  if (own.length === 0) return null;
  // A metric of GPUs and one of the ways between them have different devices.
  const isLike = (device: number): boolean => isNamedDevice(device) === isNamedDevice(own[0]!);
  const all = [...new Set(measurements.flatMap(({ device }) => device ?? []))].filter(isLike).sort((a, b) => a - b);
  const [missing] = all.filter((device) => !own.includes(device));
  if (missing !== undefined) {
    const message = `${metric}: ${all.length} devices, ${own.length} measured; ${textOf(missing)} is missing`;
    return { type: 'DeviceMissing', message };
  }
  const maxSamples = Math.max(...found.map(({ samples }) => samples.length));
  const partly = found.find(({ samples }) => samples.length < maxSamples);
  if (!partly) return null;
  const lost = `${maxSamples - partly.samples.length} of ${maxSamples} samples`;
  return { type: 'DeviceMissing', message: `${metric}: ${textOf(partly.device!)} is missing in ${lost}` };
}

/** PCI address of a device, or its name if it has no number; null: unknown. */
export function addressOf(devices: readonly RowDevice[], device: number): string | null {
  const found = devices.find((each) => each.device === device);
  return (isNamedDevice(device) ? found?.name : found?.address) ?? null;
}

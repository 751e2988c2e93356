import { grouped } from '../values/grouped.ts';
import { median, spread } from './statistics.ts';

export type Better = 'higher' | 'lower';

/** A metric: its full name (`cpu.events_per_second`), unit and direction. */
export interface Metric {
  metric: string;
  unit: string;
  better: Better;
  /** Set for a count in any unit; see {@link isCount}. */
  exact?: true;
}

/** The unit of a metric that counts devices. */
export const DEVICES = 'devices';

/**
 * Whether a metric is a count. Every sample of a count is exact: no tolerance excuses one missing device of sixteen. In rows
 * of earlier versions, only the unit tells it.
 */
export function isCount({ unit, exact }: Pick<Metric, 'unit' | 'exact'>): boolean {
  return exact === true || unit === DEVICES;
}

/** Devices that a tool names otherwise than by a number or a GPU have numbers from here on. */
export const FIRST_NAMED_DEVICE = 1_000_000;

/** Whether a device is known by its name alone: `sda`, or `0 > 5` for the way from one GPU to another. */
export function isNamedDevice(device: number): boolean {
  return device >= FIRST_NAMED_DEVICE;
}

/** One number of one sample. `device`: index of the device; null if the metric has no devices. */
export interface Reading extends Metric {
  device: number | null;
  value: number;
}

export interface MeasuredDevice {
  /** The index of the device, as in {@link Reading}. */
  device: number;
  /** PCI address, `0000:c1:00.0`; null: unknown. */
  address: string | null;
  /** Its model, or its name in OpenCL if the model is unknown. */
  name: string;
  /** `GPU-4fcac49b-bc5a-f781-9c02-889186926070`; null: unknown. */
  uuid: string | null;
  /** Whether its driver lists only parts of it, so that it has no readings. */
  isPartitioned: boolean;
}

/** A metric of a server, or of one of its devices, with its samples in order. */
export interface Measurement extends Metric {
  device: number | null;
  samples: number[];
  /** Median of the samples. */
  value: number;
  /** (max - min) / median of the samples. */
  spread: number;
}

/** Groups the readings of several samples by metric and device. */
export function summarize(readings: readonly Reading[]): Measurement[] {
  const groups = grouped(readings, ({ metric, device }) => `${metric}#${device ?? ''}`);
  return [...groups.values()].map((group) => {
    const { value: _, ...about } = group[0]!;
    const samples = group.map((reading) => reading.value);
    return { ...about, samples, value: median(samples), spread: spread(samples) };
  });
}

/** Adds the samples of a later measurement of the same benchmark. */
export function combine(first: readonly Measurement[], second: readonly Measurement[]): Measurement[] {
  const readings = [...first, ...second].flatMap(({ samples, spread: _, ...about }) =>
    samples.map((value) => ({ ...about, value }))
  );
  return summarize(readings);
}

/**
 * The devices of several samples, ordered by index. If they disagree which device has an index, its address and UUID are
 * unknown: a GPU that was lost between two samples gives its index to the next one.
 */
export function combineDevices(devices: readonly MeasuredDevice[]): MeasuredDevice[] {
  const combined = [...grouped(devices, ({ device }) => device).values()].map((same) => {
    const last = same.at(-1)!;
    if (same.every(({ address }) => address === last.address)) return last;
    return { ...(same.find(({ address }) => address === null) ?? last), address: null, uuid: null };
  });
  return combined.sort((a, b) => a.device - b.device);
}

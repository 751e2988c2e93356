import { grouped } from '../values/grouped.ts';
import { median, spread } from './statistics.ts';

export type Better = 'higher' | 'lower';

/** What a metric is: its full name (`cpu.events_per_second`), unit and direction. */
export interface Metric {
  metric: string;
  unit: string;
  better: Better;
}

/** The unit of a count, of which every sample is exact: one missing device of sixteen is not within any tolerance. */
export const DEVICES = 'devices';

export function isCount({ unit }: Pick<Metric, 'unit'>): boolean {
  return unit === DEVICES;
}

/** One number read from one run of a tool. Device: its index where there are several, else null. */
export interface Reading extends Metric {
  device: number | null;
  value: number;
}

/** A device that readings are about. */
export interface MeasuredDevice {
  /** As in {@link Reading}. */
  device: number;
  /** PCI address, `0000:c1:00.0`; null: its driver does not tell which one it is. */
  address: string | null;
  /** Its model, else what OpenCL calls it. */
  name: string;
  /** `GPU-4fcac49b-bc5a-f781-9c02-889186926070`; null: unknown. */
  uuid: string | null;
  /** Its driver lists parts of it, whose numbers say nothing about the whole: it has no readings. */
  isPartitioned: boolean;
}

/** A metric of a server (or of one of its devices), with the samples behind it in the order they were taken. */
export interface Measurement extends Metric {
  device: number | null;
  samples: number[];
  /** Median of the samples. */
  value: number;
  /** (max - min) / median of the samples. */
  spread: number;
}

/** Groups the readings of several runs of a tool by metric and device. */
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

/** The devices of several samples together, in their order: one that some of them lack is missing there only. */
export function combineDevices(devices: readonly MeasuredDevice[]): MeasuredDevice[] {
  return [...new Map(devices.map((each) => [each.device, each])).values()].sort((a, b) => a.device - b.device);
}

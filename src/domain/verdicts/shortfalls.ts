import { isNamedDevice } from '../measurements/measurement.ts';
import { percentOf } from '../values/decimal.ts';
import { grouped } from '../values/grouped.ts';
import { distinguishable } from '../values/numbers.ts';
import { marginOf } from './margin.ts';
import type { Shortfall } from './server-row.ts';
import { wrongFirst } from './shortfall-advice.ts';

/**
 * `cpu.events_per_second 3,912 of >= 7,200 events/s (54 %)`, `gpu.fp32_gflops of device 3 (0000:c1:00.0): 31,002 of
 * >= 45,000 GFLOPS (68 %)`: metric, measured, expected, unit.
 */
export function formatShortfall(shortfall: Shortfall): string {
  const { metric, device, measured, comparison, expected, unit, address, says } = shortfall;
  if (says !== undefined) return `${faultSource(shortfall)}: ${says}`;
  const [left, right] = distinguishable(measured, expected);
  const name = device === null ? metric : `${metric} of ${deviceText(device, address)}:`;
  const share = expected > 0 ? ` (${formatShare(measured / expected)})` : '';
  return `${name} ${left} of ${comparison} ${right} ${unit}${share}`;
}

/** `burn on device 3 (0000:c1:00.0)` */
function faultSource({ metric, device, address }: Shortfall): string {
  const benchmark = metric.split('.')[0]!;
  return device === null ? benchmark : `${benchmark} on ${deviceText(device, address)}`;
}

/** `device 3 (0000:c1:00.0)`, `device 0 > 5` */
export function deviceText(device: number, address: string | null = null): string {
  if (isNamedDevice(device)) return `device ${address ?? 'without a name'}`;
  return `device ${device}${address === null ? '' : ` (${address})`}`;
}

/** The share in percent, never rounded to 100 %. */
export function formatShare(share: number): string {
  const percent = percentOf(share);
  return `${share < 1 ? Math.min(Math.floor(percent), 99) : Math.ceil(percent)} %`;
}

/** Sorts shortfalls: wrong results first, then by the missing share, the largest first. */
export function worstFirst(shortfalls: readonly Shortfall[]): Shortfall[] {
  const missing = (shortfall: Shortfall): number => Math.abs(marginOf(shortfall.measured, shortfall));
  return wrongFirst([...shortfalls].sort((a, b) => missing(b) - missing(a)));
}

/**
 * One text for each metric, wrong results first: `gpu.fp32_gflops of device 3: 31,002 of >= 45,000 GFLOPS (68 %); 1 more
 * device short`.
 */
export function shortfallTexts(shortfalls: readonly Shortfall[]): string[] {
  const byMetric = grouped(wrongFirst(shortfalls), ({ metric, comparison }) => `${metric} ${comparison}`);
  return [...byMetric.values()].map((of) => {
    const [worst] = worstFirst(of);
    return formatShortfall(worst!) + moreText(of);
  });
}

/** How many others there are: a device can miss two limits of a metric, and have several faults. */
function moreText(of: readonly Shortfall[]): string {
  const isFault = of[0]!.says !== undefined;
  const devices = new Set(of.map(({ device }) => device));
  const areDevices = devices.size === of.length && !devices.has(null);
  if (isFault && !areDevices) return more(of.length - 1, 'fault', '');
  return more(devices.size - 1, 'device', isFault ? ' with faults' : ' short');
}

function more(count: number, noun: string, what: string): string {
  return count === 0 ? '' : `; ${count} more ${noun}${count === 1 ? '' : 's'}${what}`;
}

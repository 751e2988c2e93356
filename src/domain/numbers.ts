import type { Shortfall } from './server-row.ts';

/** `3,912`, `41.8`, `0.0235`: three significant digits, never fewer than the whole part has. */
export function formatNumber(value: number, decimals = decimalsFor(value)): string {
  if (!Number.isFinite(value)) return String(value);
  const [whole, fraction] = Math.abs(value).toFixed(decimals).split('.');
  const grouped = whole!.replace(/\B(?=(\d{3})+$)/g, ',');
  const sign = value < 0 ? '-' : '';
  const trimmed = fraction?.replace(/0+$/, '');
  return sign + grouped + (trimmed ? `.${trimmed}` : '');
}

function decimalsFor(value: number): number {
  const magnitude = Math.floor(Math.log10(Math.abs(value) || 1));
  return Math.min(Math.max(2 - magnitude, 0), 12);
}

/**
 * `cpu.events_per_second 3,912 of >= 7,200 events/s (54 %)`, `gpu.fp32_gflops of device 3: 31,002 of >= 45,000 GFLOPS
 * (68 %)`: metric, measured, expected, unit.
 */
export function formatShortfall(shortfall: Shortfall): string {
  const { metric, device, measured, comparison, expected, unit } = shortfall;
  const [left, right] = distinguishable(measured, expected);
  const name = device === null ? metric : `${metric} of device ${device}:`;
  const share = expected > 0 ? ` (${formatShare(measured / expected)})` : '';
  return `${name} ${left} of ${comparison} ${right} ${unit}${share}`;
}

/** Seconds as reports have them: to a tenth. */
export function tenths(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}

/** Two different numbers are never shown as the same one. */
function distinguishable(a: number, b: number): [string, string] {
  const decimals = Math.max(decimalsFor(a), decimalsFor(b));
  for (let more = decimals; more <= 12; more += 1) {
    const pair: [string, string] = [formatNumber(a, more), formatNumber(b, more)];
    if (pair[0] !== pair[1]) return decimals === more ? [formatNumber(a), formatNumber(b)] : pair;
  }
  return [String(a), String(b)];
}

/** Short of the whole is never rounded up to 100 %. */
function formatShare(share: number): string {
  const percent = share < 1 ? Math.floor(share * 100) : Math.ceil(share * 100);
  return `${percent} %`;
}

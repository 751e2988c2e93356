/** `3,912`, `41.8`, `0.0235`: three significant digits, but the whole part is never rounded. */
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

/** Whether a written number is not 0 but its value is, because it is too small: `1e-400`. */
export function isUnderflow(text: string, value: number): boolean {
  return value === 0 && /^[+-]?[\d.]*[1-9]/.test(text);
}

/** Stands for a number that is too small, in a document: filters see that it is not 0. No tool measures it. */
export function smallest(text: string): number {
  return text.startsWith('-') ? -Number.MIN_VALUE : Number.MIN_VALUE;
}

/** Whether a number is, or stands for, one that is too small to be read. */
export function isSmallest(value: number): boolean {
  return Math.abs(value) === Number.MIN_VALUE;
}

/** Rounds seconds to tenths, as in reports. */
export function tenths(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}

/** Formats two numbers so that different numbers never look the same. */
export function distinguishable(a: number, b: number): [string, string] {
  const decimals = Math.max(decimalsFor(a), decimalsFor(b));
  for (let more = decimals; more <= 12; more += 1) {
    const pair: [string, string] = [formatNumber(a, more), formatNumber(b, more)];
    if (pair[0] !== pair[1]) return decimals === more ? [formatNumber(a), formatNumber(b)] : pair;
  }
  return [String(a), String(b)];
}

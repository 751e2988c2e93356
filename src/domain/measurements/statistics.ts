import { decimal } from '../values/decimal.ts';

/** The middle value, or the mean of the two middle ones. NaN if there are no values, or one of them is NaN. */
export function median(values: readonly number[]): number {
  if (values.length === 0 || values.some(Number.isNaN)) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low, high] = [sorted[sorted.length % 2 === 1 ? middle : middle - 1]!, sorted[middle]!];
  return low === high ? low : Math.min(high, Math.max(low, decimal((low + high) / 2)));
}

/**
 * (max - min) / |median|: 0 for one value, Infinity if the median is 0 and the values differ. With 12 digits: a difference
 * of two values has fewer right ones than they have.
 */
export function spread(values: readonly number[]): number {
  const range = Math.max(...values) - Math.min(...values);
  return range === 0 ? 0 : decimal(range / Math.abs(median(values)), 12);
}

/** The increase of a counter; null if it is unknown, or decreased because the counter was reset. */
export function difference(after: number | null, before: number | null): number | null {
  return after === null || before === null || after < before ? null : after - before;
}

/** Sum of the known values; null if none is known. */
export function sum(values: readonly (number | null)[]): number | null {
  const known = knownOf(values);
  return known.length > 0 ? known.reduce((total, each) => total + each, 0) : null;
}

/** Maximum of the known values; null if none is known. */
export function highest(values: readonly (number | null)[]): number | null {
  const known = knownOf(values);
  return known.length > 0 ? Math.max(...known) : null;
}

/** Minimum of the known values; null if none is known. */
export function lowest(values: readonly (number | null)[]): number | null {
  const known = knownOf(values);
  return known.length > 0 ? Math.min(...known) : null;
}

function knownOf(values: readonly (number | null)[]): number[] {
  return values.filter((value) => value !== null);
}

import { partsOfSize } from '../../domain/values/parts.ts';

/** How numbers become a line of characters, from the lowest to the highest. */
export interface Blocks {
  heights: readonly string[];
  /** Not measured. */
  gap: string;
}

export const unicodeBlocks: Blocks = { heights: ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'], gap: '·' };
export const asciiBlocks: Blocks = { heights: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'], gap: '.' };

/** The range of a plot is at least this share of its middle: differences of 0.1 % do not look like a cliff. */
const MIN_RANGE = 0.1;

export interface Range {
  low: number;
  high: number;
}

/** The range of these numbers; a small one is widened on both sides. */
export function plotRange(values: readonly number[]): Range {
  const low = values.reduce((a, b) => Math.min(a, b), Infinity);
  const high = values.reduce((a, b) => Math.max(a, b), -Infinity);
  const middle = low / 2 + high / 2;
  const missing = Math.abs(middle) * MIN_RANGE - (high - low);
  return missing > 0 ? { low: low - missing / 2, high: high + missing / 2 } : { low, high };
}

/** One character for a number. */
export function blockOf(value: number | null, { low, high }: Range, { heights, gap }: Blocks): string {
  if (value === null) return gap;
  const share = high > low ? value / (high - low) - low / (high - low) : 0.5;
  const place = Math.floor(Math.min(Math.max(share, 0), 1) * heights.length);
  return heights[Math.min(place, heights.length - 1)]!;
}

/** Divides a list into at most `max` parts of the same size, in order; the last one may be smaller. */
export function inParts<Value>(values: readonly Value[], max: number): Value[][] {
  const size = Math.max(1, Math.ceil(values.length / Math.max(1, max)));
  return partsOfSize(values, size);
}

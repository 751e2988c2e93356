import type { Span } from './match-pattern.ts';

/** A value in an output, before it is a number. */
export interface FoundValue {
  text: string;
  /** Its place, for messages: `in line 12`. Counting lines takes as long as the text, so only where it is told. */
  where: () => string;
  /** The unit that the tool printed; null: none. */
  unit: string | null;
  /** What the tool calls the device: `3`, `GPU-4fcac49b-...`, `0000:c1:00.0`; null: nothing. */
  device: string | null;
  /** The names of its row and column, if it is in a table or a matrix. */
  row?: string;
  column?: string;
  /** Why the text may be only a part of the value; null: it is whole. */
  doubt: string | null;
}

/** Digits, thousands and decimals of any locale, and exponents: `1e9`, `1.5D+03`, `1.e5`, `1.5 x 10^3`. */
const GOES_ON = /^(?:\d|[.,'\u2019\u00a0\u2009\u202f\u066b\u066c_]\d|\.?[eEdD][+-]?\d| ?[\u00d7*]10)/;
/** The same to the left, and a sign that is no hyphen. */
const BEGAN = /\d$|\d[.,'\u2019\u00a0\u2009\u202f\u066b\u066c_]$|^[^\w]?\.$|(?:^|[^\w)])[-+\u2212]$/;

/** `in line 12` */
export function lineNumberText(text: string, place: number): string {
  return `in line ${text.slice(0, place).split('\n').length}`;
}

/**
 * Why a part of a text is probably not the whole number; null if it is. `(\d+)` finds 1 in `1,234`, 1 in `1e9` and 5 in `-5`;
 * an output that was cut may end in the middle of a number.
 */
export function whyPartOfNumber(text: string, { start, end }: Span): string | null {
  if (end === text.length) return 'the output ends there, in the middle of a line';
  const before = text.slice(Math.max(0, start - 2), start);
  const after = text.slice(end, end + 4);
  const isZero = text.slice(start, end) === '0';
  const goesOn = GOES_ON.test(after) || (isZero && /^[xX][0-9a-fA-F]/.test(after));
  const began = BEGAN.test(before);
  return goesOn || began ? 'the number is longer than what the pattern takes of it' : null;
}

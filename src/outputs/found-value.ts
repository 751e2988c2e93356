import type { Span } from './match-pattern.ts';

/** A value in an output, before it is a number. */
export interface FoundValue {
  text: string;
  /** Its place, for messages: `in line 12`. */
  where: string;
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

/** `in line 12` */
export function lineOf(text: string, place: number): string {
  return `in line ${text.slice(0, place).split('\n').length}`;
}

/**
 * Why a part of a text is probably not the whole number; null if it is. `(\d+)` finds 1 in `1,234`, 1 in `1e9` and 5 in `-5`;
 * an output that was cut may end in the middle of a number.
 */
export function whyPartOfNumber(text: string, { start, end }: Span): string | null {
  if (end === text.length) return 'the output ends there, in the middle of a line';
  const before = text.slice(Math.max(0, start - 2), start);
  const after = text.slice(end, end + 3);
  const goesOn = /^(?:\d|[.,'\u00a0\u202f]\d|[eE][+-]?\d)/.test(after);
  const began = /\d$|\d[.,'\u00a0\u202f]$|^[^\w]?\.$|(?:^|[\s:=([,])[-+\u2212]$/.test(before);
  return goesOn || began ? 'the number is longer than what the pattern takes of it' : null;
}

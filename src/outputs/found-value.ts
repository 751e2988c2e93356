import { shown } from './shown.ts';
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
  /** Its place in a list of a document, from 0, which the values before it do not tell: some may be left out. */
  place?: number;
  /** Why the text may be only a part of the value; null: it is whole. */
  doubt: string | null;
}

/** What goes on with a number: decimals, thousands of any locale, times ten, exponents. */
const GOES_ON = /^(?:[.,'\u2019\u00a0\u2009\u202f\u066b\u066c_]\d|\.?[eEdD][+-]?\d| ?[\u00d7*]10)/;
/** The same to the left, and a sign that is no hyphen. */
const BEGAN =
  /\p{Nd}$|\d[.,'\u2019\u00a0\u2009\u202f\u066b\u066c_]$|^[^\w]?\.$|(?:^|[^\w)])[-+\u2010-\u2015\u2212\ufe63\uff0d\uff0b]$/u;
/** Letters, digits of any script, invisible and unreadable characters, minutes: `12k`, `10ff`, `1:30`. */
const MAY_CONTINUE = /^(?:(?![\r\n\t])[\p{L}\p{M}\p{N}\p{C}\ufffd]|:\d)/u;
const MAX_UNIT_LENGTH = 30;

/** `in line 12` */
export function lineNumberText(text: string, place: number): string {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < place; at = text.indexOf('\n', at + 1)) line += 1;
  return `in line ${line}`;
}

/**
 * Why a part of a text is probably not the whole number; null if it is. `(\d+)` finds 1 in `1,234`, 1 in `1e9`, 12 in `12k` and
 * 5 in `-5`; an output that was cut may end in the middle of a number.
 * @param matched - what the pattern matches of the text: it knows what follows the number
 * @param unit - of the metric: it may follow the number
 */
export function whyPartOfNumber(
  text: string,
  { start, end }: Span,
  matched: Pick<Span, 'start' | 'end'>,
  unit = ''
): string | null {
  if (end === text.length) return 'the output ends there, in the middle of a line';
  const before = text.slice(Math.max(0, start - 2), start);
  const after = text.slice(end, end + MAX_UNIT_LENGTH);
  const isMinutes = matched.start === start && /\d:$/.test(before);
  if (GOES_ON.test(after) || BEGAN.test(before) || isMinutes)
    return 'the number is longer than what the pattern takes of it';
  const hasItsUnit = unit !== '' && after.startsWith(unit) && !MAY_CONTINUE.test(after.slice(unit.length));
  if (matched.end > end || hasItsUnit || !MAY_CONTINUE.test(after)) return null;
  return `what follows it is not in the pattern: ${shown(/^\S*/.exec(after)![0])}`;
}

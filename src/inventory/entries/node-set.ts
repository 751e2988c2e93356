import { quotedName } from '../../source/problem.ts';
import { expandBrackets, expandRange, MAX_NAMES } from './brackets.ts';

const BRACKET = /\[([0-9][0-9,/-]*)\]/;
const RANGE = /^(\d{1,9})(?:-(\d{1,9})(?:\/(\d{1,9}))?)?$/;

/** Whether a text is a node set: digits in brackets, which no host name, pattern or IPv6 address contains. */
export function isNodeSet(text: string): boolean {
  return BRACKET.test(text);
}

/**
 * Expands a node set of ClusterShell: `node[001-003,130]`, `rack[1-2]-node[01-16]`, `10.0.0.[11-15]`, `n[0-8/2]` for
 * every second one. If a range begins with a zero, all its numbers have the same number of digits. A text without
 * brackets is one name.
 */
export function expandNodeSet(text: string): string[] | { problem: string } {
  return expandBrackets(text, BRACKET, (inside) => {
    const numbers: string[] = [];
    for (const part of inside.split(',')) {
      const [, begin, end = begin, step = '1'] = RANGE.exec(part) ?? [];
      if (begin === undefined || end === undefined) {
        return { problem: `${quotedName(part)} is not a range such as 1-8 or 001-128` };
      }
      const range = expandRange(begin, end, step, part);
      if ('problem' in range) return range;
      for (const number of range) numbers.push(number);
      if (numbers.length > MAX_NAMES) return { problem: `it expands to more than ${MAX_NAMES} names` };
    }
    return numbers;
  });
}

/** Splits a list at commas outside of brackets: a node set such as `web-[1,3]` stays whole. */
export function splitAtCommas(text: string): string[] {
  const parts: string[] = [];
  let [begin, inBrackets] = [0, false];
  for (const { 0: character, index } of text.matchAll(/[[\],]/g)) {
    if (character !== ',') inBrackets = character === '[';
    else if (!inBrackets) {
      parts.push(text.slice(begin, index));
      begin = index + 1;
    }
  }
  return [...parts, text.slice(begin)];
}

import { quotedName } from '../../source/problem.ts';

/** Far above any fleet, far below what a mistyped range would grow to. */
export const mostNames = 100_000;

/** Of what is not in brackets: it is there in every name. */
export const longestName = 400;

/** A rack, a chassis, a node, the four parts of an address: each bracket goes through all names once more. */
export const mostBrackets = 8;

const bracket = /\[([0-9][0-9,/-]*)\]/;

/** Whether a text is meant as a node set: digits in brackets, which no host name, pattern or IPv6 address has. */
export function isNodeSet(text: string): boolean {
  return bracket.test(text);
}

/**
 * The names that a node set of ClusterShell stands for: `node[001-003,130]`, `rack[1-2]-node[01-16]`, `10.0.0.[11-15]`,
 * `n[0-8/2]` for every second one. Where a range begins with a zero, all its numbers have that many digits.
 * A text without brackets stands for itself.
 */
export function expandNodeSet(text: string): string[] | { problem: string } {
  if (text.replace(/\[[0-9,/-]*\]/g, '').length > longestName)
    return { problem: `${quotedName(text)} is too long for a name` };
  if (text.split('[').length > mostBrackets + 1) return tooManyBrackets(text);
  let names = [''];
  let rest = text;
  for (let found = bracket.exec(rest); found; found = bracket.exec(rest)) {
    const numbers: string[] = [];
    for (const part of found[1]!.split(',')) {
      const range = expandRange(part);
      if ('problem' in range) return { problem: `${quotedName(text)}: ${range.problem}` };
      if (numbers.length + range.length > mostNames) return tooMany(text);
      for (const number of range) numbers.push(number);
    }
    const before = rest.slice(0, found.index);
    rest = rest.slice(found.index + found[0].length);
    if (names.length * numbers.length > mostNames) return tooMany(text);
    names = names.flatMap((name) => numbers.map((number) => name + before + number));
  }
  if (/[[\]]/.test(rest) && names.length > 1) return { problem: `${quotedName(text)} has a bracket that is no range` };
  return names.map((name) => name + rest);
}

/** For a name with so many ranges in it that nobody means it. */
export function tooManyBrackets(text: string): { problem: string } {
  return { problem: `${quotedName(text)} has more than ${mostBrackets} brackets` };
}

function tooMany(text: string): { problem: string } {
  return { problem: `${quotedName(text)} is more than ${mostNames} names` };
}

function expandRange(part: string): string[] | { problem: string } {
  const [, begin, end, step = '1'] = /^(\d{1,9})(?:-(\d{1,9})(?:\/(\d{1,9}))?)?$/.exec(part) ?? [];
  if (begin === undefined) return { problem: `${quotedName(part)} is no range such as 1-8 or 001-128` };
  if (end === undefined) return [begin];
  const padded = [begin, end].some((bound) => bound.length > 1 && bound.startsWith('0'));
  if (padded && end.length !== begin.length) {
    return { problem: `${quotedName(part)} begins and ends with different numbers of digits` };
  }
  const [first, last, by] = [Number(begin), Number(end), Number(step)];
  if (first > last) return { problem: `${quotedName(part)} ends before it begins` };
  if (by === 0) return { problem: `${quotedName(part)} has a step of 0` };
  const count = Math.floor((last - first) / by) + 1;
  if (count > mostNames) return tooMany(part);
  const digits = padded ? begin.length : 0;
  return Array.from({ length: count }, (_, index) => String(first + index * by).padStart(digits, '0'));
}

/** Splits a list at its commas, but not at those in brackets: a node set such as `web-[1,3]` stays whole. */
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

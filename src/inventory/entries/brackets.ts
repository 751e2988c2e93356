import { quotedName } from '../../source/problem.ts';

/** Far above any fleet, far below the size of a mistyped range. */
export const MAX_NAMES = 100_000;

/** Limits the part outside of the brackets, which every name repeats. */
export const MAX_NAME_LENGTH = 400;

/** Enough for a rack, a chassis, a node, or the four parts of an address: each bracket multiplies the work. */
const MAX_BRACKETS = 8;

type Names = string[] | { problem: string };

/** Expands a pattern: replaces each of its brackets by each of its items; the last bracket changes fastest. */
export function expandBrackets(pattern: string, bracket: RegExp, itemsOf: (inside: string) => Names): Names {
  if (pattern.replace(new RegExp(bracket, 'g'), '').length > MAX_NAME_LENGTH)
    return { problem: `${quotedName(pattern)} is too long for a name` };
  if (pattern.split('[').length > MAX_BRACKETS + 1)
    return { problem: `${quotedName(pattern)} has more than ${MAX_BRACKETS} brackets` };
  let names = [''];
  let rest = pattern;
  for (let found = bracket.exec(rest); found; found = bracket.exec(rest)) {
    const items = itemsOf(found[1]!);
    if ('problem' in items) return { problem: `${quotedName(pattern)}: ${items.problem}` };
    if (names.length * items.length > MAX_NAMES)
      return { problem: `${quotedName(pattern)} expands to more than ${MAX_NAMES} names` };
    const before = rest.slice(0, found.index);
    rest = rest.slice(found.index + found[0].length);
    names = names.flatMap((name) => items.map((item) => name + before + item));
  }
  if (/[[\]]/.test(rest) && names.length > 1)
    return { problem: `${quotedName(pattern)} has a bracket that is not a range` };
  return names.map((name) => name + rest);
}

/** The numbers of a range. If a bound begins with a zero, all numbers are padded to its number of digits. */
export function expandRange(begin: string, end: string, step: string, shown: string): Names {
  const isPadded = [begin, end].some((bound) => bound.length > 1 && bound.startsWith('0'));
  if (isPadded && end.length !== begin.length) {
    return { problem: `${quotedName(shown)} begins and ends with different numbers of digits` };
  }
  const [first, last, by] = [Number(begin), Number(end), Number(step)];
  if (by === 0) return { problem: `${quotedName(shown)} has a step of 0` };
  if (first > last) return { problem: `${quotedName(shown)} ends before it begins` };
  const count = Math.floor((last - first) / by) + 1;
  if (count > MAX_NAMES) return { problem: `${quotedName(shown)} expands to more than ${MAX_NAMES} names` };
  return Array.from({ length: count }, (_, index) => {
    return String(first + index * by).padStart(isPadded ? begin.length : 0, '0');
  });
}

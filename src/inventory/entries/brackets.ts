import { quotedName } from '../../source/problem.ts';

/** Far above any fleet, far below what a mistyped range would grow to. */
export const MAX_NAMES = 100_000;

/** Of what is not in brackets: it is there in every name. */
export const MAX_NAME_LENGTH = 400;

/** A rack, a chassis, a node, the four parts of an address: each bracket goes through all names once more. */
const MAX_BRACKETS = 8;

type Names = string[] | { problem: string };

/** The names that a pattern stands for: each of its brackets replaced by each of its items, the last one fastest. */
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
      return { problem: `${quotedName(pattern)} is more than ${MAX_NAMES} names` };
    const before = rest.slice(0, found.index);
    rest = rest.slice(found.index + found[0].length);
    names = names.flatMap((name) => items.map((item) => name + before + item));
  }
  if (/[[\]]/.test(rest) && names.length > 1)
    return { problem: `${quotedName(pattern)} has a bracket that is not a range` };
  return names.map((name) => name + rest);
}

/** The numbers from one to another. Where one of these begins with a zero, all numbers have that many digits. */
export function expandRange(begin: string, end: string, step: string, shown: string): Names {
  const isPadded = [begin, end].some((bound) => bound.length > 1 && bound.startsWith('0'));
  if (isPadded && end.length !== begin.length) {
    return { problem: `${quotedName(shown)} begins and ends with different numbers of digits` };
  }
  const [first, last, by] = [Number(begin), Number(end), Number(step)];
  if (by === 0) return { problem: `${quotedName(shown)} has a step of 0` };
  if (first > last) return { problem: `${quotedName(shown)} ends before it begins` };
  const count = Math.floor((last - first) / by) + 1;
  if (count > MAX_NAMES) return { problem: `${quotedName(shown)} is more than ${MAX_NAMES} names` };
  return Array.from({ length: count }, (_, index) => {
    return String(first + index * by).padStart(isPadded ? begin.length : 0, '0');
  });
}

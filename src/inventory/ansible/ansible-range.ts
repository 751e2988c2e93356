import { longestName, mostBrackets, mostNames, tooManyBrackets } from '../entries/node-set.ts';
import { quotedName } from '../../source/problem.ts';

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/**
 * The names that a host pattern of Ansible stands for: `web[01:20]`, `db-[a:f]`, `web[1:9:2]` for every second one,
 * several ranges in one name, and none. Rules of `expand_hostname_range` in ansible/plugins/inventory/__init__.py,
 * but a range of nothing, which Ansible silently drops, is a problem.
 */
export function expandAnsibleRange(pattern: string): string[] | { problem: string } {
  if (pattern.length > longestName) return { problem: `${quotedName(pattern)} is too long for a name` };
  if (pattern.split('[').length > mostBrackets + 1) return tooManyBrackets(pattern);
  let names = [''];
  let rest = pattern;
  for (let open = rest.indexOf('['); open >= 0; open = rest.indexOf('[')) {
    const close = rest.indexOf(']', open);
    if (close < 0) return { problem: `${quotedName(pattern)} has a "[" without a "]"` };
    const before = rest.slice(0, open);
    const items = rangeItems(rest.slice(open + 1, close));
    if ('problem' in items) return { problem: `${quotedName(pattern)}: ${items.problem}` };
    if (names.length * items.length > mostNames)
      return { problem: `${quotedName(pattern)} is more than ${mostNames} names` };
    names = names.flatMap((name) => items.map((item) => name + before + item));
    rest = rest.slice(close + 1);
  }
  return names.map((name) => name + rest);
}

function rangeItems(range: string): string[] | { problem: string } {
  const [, begin, end, step = '1'] = /^(\d{0,9}|[a-z]):(\d{1,9}|[a-z])(?::(\d{1,9}))?$/i.exec(range) ?? [];
  if (begin === undefined || end === undefined) return { problem: `${quotedName(`[${range}]`)} ${wrongRange(range)}` };
  const alphabetic = letters.includes(end);
  if (alphabetic !== (begin !== '' && letters.includes(begin))) {
    return { problem: `${quotedName(`[${range}]`)} is from a letter to a number` };
  }
  const digits = begin.length > 1 && begin.startsWith('0') ? begin.length : 0;
  if (digits > 0 && end.length !== digits) {
    return { problem: `${quotedName(`[${range}]`)} begins and ends with different numbers of digits` };
  }
  const [first, last] = [begin, end].map((bound) => (alphabetic ? letters.indexOf(bound) : Number(bound)));
  const by = Number(step);
  if (by === 0) return { problem: `${quotedName(`[${range}]`)} has a step of 0` };
  const count = Math.floor((last! - first!) / by) + 1;
  if (count < 1) return { problem: `${quotedName(`[${range}]`)} ends before it begins` };
  if (count > mostNames) return { problem: `${quotedName(`[${range}]`)} is more than ${mostNames} names` };
  return Array.from({ length: count }, (_, index) => {
    const item = first! + index * by;
    return alphabetic ? letters.charAt(item) : String(item).padStart(digits, '0');
  });
}

function wrongRange(range: string): string {
  const nodeSet = /^\d[\d,/-]*$/.test(range);
  return nodeSet ? 'is no range of Ansible, which writes [1:8]' : 'is no range such as [1:8], [01:20] or [a:f]';
}

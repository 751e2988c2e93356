import { expandBrackets, numbersBetween } from '../entries/brackets.ts';
import { quotedName } from '../../source/problem.ts';

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/**
 * The names that a host pattern of Ansible stands for: `web[01:20]`, `db-[a:f]`, `web[1:9:2]` for every second one,
 * several ranges in one name, and none. Rules of `expand_hostname_range` in ansible/plugins/inventory/__init__.py,
 * but a range of nothing, which Ansible silently drops, and one without a begin (`[:3]`) are problems.
 */
export function expandAnsibleRange(pattern: string): string[] | { problem: string } {
  if (/\[[^\]]*$/.test(pattern)) return { problem: `${quotedName(pattern)} has a "[" without a "]"` };
  return expandBrackets(pattern, /\[([^\]]*)\]/, rangeItems);
}

function rangeItems(range: string): string[] | { problem: string } {
  const [, begin, end, step = '1'] = /^(\d{1,9}|[a-z]):(\d{1,9}|[a-z])(?::(\d{1,9}))?$/i.exec(range) ?? [];
  const shown = `[${range}]`;
  if (begin === undefined || end === undefined) return { problem: `${quotedName(shown)} ${wrongRange(range)}` };
  const isOfLetters = LETTERS.includes(end);
  if (isOfLetters !== LETTERS.includes(begin)) return { problem: `${quotedName(shown)} is from a letter to a number` };
  if (isOfLetters) {
    const places = numbersBetween(LETTERS.indexOf(begin), LETTERS.indexOf(end), Number(step), 0, shown);
    return 'problem' in places ? places : places.map((place) => LETTERS.charAt(Number(place)));
  }
  const digits = begin.length > 1 && begin.startsWith('0') ? begin.length : 0;
  if (digits > 0 && end.length !== digits) {
    return { problem: `${quotedName(shown)} begins and ends with different numbers of digits` };
  }
  return numbersBetween(Number(begin), Number(end), Number(step), digits, shown);
}

function wrongRange(range: string): string {
  const nodeSet = /^\d[\d,/-]*$/.test(range);
  return nodeSet ? 'is no range of Ansible, which writes [1:8]' : 'is no range such as [1:8], [01:20] or [a:f]';
}

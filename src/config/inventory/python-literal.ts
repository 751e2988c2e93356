import { isTemplate } from './ansible-variables.ts';

/** A value that Python reads as something else than a text or a whole number, or in a way that is not followed here. */
export const otherLiteral = Symbol('other Python literal');

const simpleText = /^(?:"([^"\\]*)"|'([^'\\]*)')\s*(?:#.*)?$/s;
const wholeNumber = /^([+-]?(?:[1-9]\d{0,14}|0+))\s*(?:#.*)?$/s;
const otherNumber =
  /^[+-]*\s*(?:0[xob][\da-f_]+|(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:e[+-]?\d+)?j?)\s*(?:[+-].*)?(?:#.*)?$/is;
const otherBeginning = /^(?:[([{"']|[rbuf]{1,2}["']|(?:True|False)\s*(?:#.*)?$)/is;

/**
 * What `ast.literal_eval` makes of a value in an INI inventory: `22` is a number, `"bench"` a text without its quotes, and
 * what is no literal is a text as it is, `022` and `bench # boss` among them.
 */
export function pythonLiteral(text: string): string | number | null | typeof otherLiteral {
  const [, double, single] = simpleText.exec(text) ?? [];
  const inQuotes = double ?? single;
  if (inQuotes !== undefined) return inQuotes;
  if (isTemplate(text)) return text;
  const number = wholeNumber.exec(text)?.[1];
  if (number !== undefined) return Number(number);
  if (/^None\s*(?:#.*)?$/s.test(text)) return null;
  if (/^0\d+$/.test(text)) return text;
  return otherNumber.test(text) || otherBeginning.test(text) ? otherLiteral : text;
}

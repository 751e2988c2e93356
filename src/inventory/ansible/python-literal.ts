import { isTemplate } from './ansible-variables.ts';

/** A value that Python reads as something else than a text or a whole number, or in a way that is not followed here. */
export const otherLiteral = Symbol('other Python literal');

/** To Python only these are blanks: with any other, what looks like a literal is a text. */
const simpleText = /^(?:"([^"\\]*)"|'([^'\\]*)')[ \t]*(?:#.*)?$/s;
const wholeNumber = /^([+-]?(?:[1-9]\d{0,14}|0+))[ \t]*(?:#.*)?$/s;
const none = /^None[ \t]*(?:#.*)?$/s;
const otherNumber =
  /^[+-]*\s*(?:0[xob][\da-f_]+|(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:e[+-]?\d+)?j?)\s*(?:[+,-].*)?(?:#.*)?$/is;
const otherName = /^(?:True|False|None|\.\.\.)\s*(?:[,#].*)?$/s;
const otherBeginning = /^(?:[([{"']|[rbufRBUF]{1,2}["']|set\s*\()/s;

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
  if (none.test(text)) return null;
  if (/^0\d+$/.test(text)) return text;
  return [otherNumber, otherName, otherBeginning].some((other) => other.test(text)) ? otherLiteral : text;
}

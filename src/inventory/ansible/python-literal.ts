import { AMBIGUOUS, isDecimal, isLikeNumber } from '../../source/yaml/ambiguous-scalar.ts';
import { isTemplate } from './ansible-variables.ts';

const QUOTED = /^(?:"([^"\\]*)"|'([^'\\]*)')[ \t]*(?:#.*)?$/s;
const WITH_COMMENT = /^(\d+)[ \t]*#.*$/s;
/** `022` is not a number in Python, so it is a string. */
const LEADING_ZERO = /^0+[1-9]\d*$/;
/** May be true, None, a list, or a string in another notation. */
const LITERAL = /^(?:(?:True|False|None|\.\.\.)\s*(?:[,#].*)?$|[ \t([{"']|[rbuf]{1,2}["']|set\s*\()/is;

/** A value in an INI inventory, which Ansible parses as a Python literal. */
export function pythonLiteral(text: string): string | typeof AMBIGUOUS {
  const [, double, single] = QUOTED.exec(text) ?? [];
  const inQuotes = double ?? single;
  if (inQuotes !== undefined) return inQuotes;
  const number = WITH_COMMENT.exec(text)?.[1];
  if (number !== undefined && isDecimal(number)) return number;
  if (isTemplate(text) || LEADING_ZERO.test(text)) return text;
  return isLikeNumber(text) || LITERAL.test(text) ? AMBIGUOUS : text;
}

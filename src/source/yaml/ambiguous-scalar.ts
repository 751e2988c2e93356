import { isIPv6 } from 'node:net';

/** Marks an unquoted value that YAML 1.1, YAML 1.2 and Python read differently. */
export const AMBIGUOUS = Symbol('ambiguous without quotes');

/** An IPv4 address or the beginning of one, with or without a port. */
const DOTTED = /^\d{1,3}(?:\.\d{1,3}){2,3}(?::\d{1,5})?$/;
/** `022`, `1_000`, `1.5`, `1e3`, `1j`, `0x1f`, `12:30`, `2026-01-01`; broad on purpose. `#` begins a comment in Python. */
const NUMBER = /^[-+. \t]*(?:0[xob][\da-f_]*|\d[-+\d._,: ejtz]*)(?:#.*)?$/i;
const WORD = /^(?:y|n|yes|no|on|off|true|false|null|~|=|<<|[-+.]|[-+]?\.(?:inf|nan))$/i;

/** A whole number that YAML 1.1, YAML 1.2 and Python read as the same number. */
export function isDecimal(text: string): boolean {
  return /^(?:0|-?[1-9]\d{0,14})$/.test(text);
}

export function isLikeNumber(text: string): boolean {
  return NUMBER.test(text) && !isDecimal(text) && !DOTTED.test(text) && !isIPv6(text);
}

/** The value of an unquoted scalar: null, its text, or {@link AMBIGUOUS}. */
export function unquotedValue(text: string): string | null | typeof AMBIGUOUS {
  if (/^(?:|~|null|Null|NULL)$/.test(text)) return null;
  return WORD.test(text) || isLikeNumber(text) ? AMBIGUOUS : text;
}

/** Whether YAML 1.1, YAML 1.2 and Python all read an unquoted key as a string. */
export function isTextKey(text: string): boolean {
  return text === '<<' || (unquotedValue(text) === text && !isDecimal(text));
}

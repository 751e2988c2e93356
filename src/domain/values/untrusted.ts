import { isUnderflow } from './numbers.ts';

/** Control sequences of terminals (ECMA-48 CSI), such as colours: `ESC [ 31 m`. */
const CONTROL_SEQUENCE = /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]/g;

/** A text without colours and cursor movements. Other control characters stay. */
export function withoutControlSequences(text: string): string {
  return text.replace(CONTROL_SEQUENCE, '');
}

/** Beyond it, a text is cut, even if most of it was removed: each removed character takes time and memory. */
const MAX_SCANNED = 64 * 1024;

/**
 * Makes text from a server safe for terminals, logs and reports: control characters (including C1, bidi and zero-width
 * ones) and line breaks become spaces, several spaces become one, and at most `max` (1 or more) characters remain. A quote
 * that is left open by the truncation is closed.
 */
export function printable(text: string, max: number): string {
  const scanned = text.slice(0, MAX_SCANNED + max);
  const clean = scanned
    .replace(/[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  // No character takes more than two code units; slicing first avoids a long array for a long text.
  const characters = Array.from(clean.slice(0, 2 * max + 2));
  if (characters.length <= max && scanned.length === text.length) return clean;
  const [shorter, longer] = [max - 2, max - 1].map((length) => characters.slice(0, Math.max(length, 0)).join(''));
  const quote = openQuote(shorter!);
  if (quote !== '') return `${shorter}…${quote}`;
  return `${openQuote(longer!) === '' ? longer : shorter}…`;
}

/**
 * Whether a text is one line without control characters, invisible characters, and characters that change the text
 * direction.
 */
export function isPrintable(text: string): boolean {
  return !/[\p{C}\p{Zl}\p{Zp}]/u.test(text);
}

/** The quotation mark that a text opens and does not close, or ''. An apostrophe in a word does not count. */
export function openQuote(text: string): string {
  return /(?:^|[\s(=:])(?:(")[^"]*|(')[^']*)$/.exec(text)?.slice(1).join('') ?? '';
}

/**
 * Escapes the characters in JSON that {@link printable} removes, so that the JSON has the same meaning and is safe on a
 * terminal. Line breaks stay.
 */
export function inertJson(json: string): string {
  const unsafe = /[^\P{C}\n]|[\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
  return json.replace(unsafe, (character) => character.split('').map(escaped).join(''));
}

function escaped(codeUnit: string): string {
  return `\\u${codeUnit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/**
 * Parses a whole text as a number in plain decimal notation (`12`, `-0.5`, `3e8`); null if it is not one, or is too large or
 * too small for a number (`1e400`, `1e-400`).
 */
export function decimal(text: string): number | null {
  if (!/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) return null;
  const value = Number(text);
  return Number.isFinite(value) && !isUnderflow(text, value) ? value : null;
}

/** Like {@link decimal}, but only for numbers from `min` to `max`. */
export function decimalWithin(text: string | undefined, min: number, max: number): number | null {
  const value = decimal(text ?? '');
  return value !== null && value >= min && value <= max ? value : null;
}

/** Like {@link decimal}, but only for numbers above zero. */
export function positive(text: string): number | null {
  const value = decimal(text);
  return value !== null && value > 0 ? value : null;
}

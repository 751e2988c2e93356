/**
 * Text of a server, made fit for a terminal, a log and a report: control characters (C1, bidi and zero-width
 * ones included) and line ends become spaces, runs of spaces become one, and at most `max` (1 or more) characters remain.
 * Where it is cut inside of a path or another text in quotes, these are closed.
 */
export function printable(text: string, max: number): string {
  const clean = text
    .replace(/[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  // No character takes more than two code units: cutting first keeps a long text from becoming a long array.
  const characters = Array.from(clean.slice(0, 2 * max + 2));
  if (characters.length <= max) return clean;
  const [shorter, longer] = [max - 2, max - 1].map((length) => characters.slice(0, Math.max(length, 0)).join(''));
  const quote = openQuote(shorter!);
  if (quote !== '') return `${shorter}…${quote}`;
  return `${openQuote(longer!) === '' ? longer : shorter}…`;
}

/** The quote that begins in a text and does not end there; an apostrophe in a word is none. */
export function openQuote(text: string): string {
  return /(?:^|[\s(=:])(?:(")[^"]*|(')[^']*)$/.exec(text)?.slice(1).join('') ?? '';
}

/**
 * JSON without what {@link printable} takes out, and JSON leaves as it is: escaped, so that it means the same. Line ends
 * stay.
 */
export function inertJson(json: string): string {
  const acting = /[^\P{C}\n]|[\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
  return json.replace(acting, (character) => character.split('').map(escaped).join(''));
}

function escaped(codeUnit: string): string {
  return `\\u${codeUnit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** The finite number that a text is, all of it, in plain decimal notation (`12`, `-0.5`, `3e8`); else null. */
export function decimal(text: string): number | null {
  if (!/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}

/** The number from `min` to `max` that a text is, as {@link decimal}; else null. */
export function decimalWithin(text: string | undefined, min: number, max: number): number | null {
  const value = decimal(text ?? '');
  return value !== null && value >= min && value <= max ? value : null;
}

/** The number above zero that a text is, as {@link decimal}; else null. */
export function positive(text: string): number | null {
  const value = decimal(text);
  return value !== null && value > 0 ? value : null;
}

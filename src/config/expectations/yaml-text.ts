import { isMap, isScalar, Lexer, stringify, type Node, type Pair } from 'yaml';

/** A value to write on one line with its comment, or a map of such. */
export type Entry = Leaf | Entries;
export type Entries = Map<string, Leaf | Entries>;
export interface Leaf {
  value: Record<string, string | number>;
  comment: string;
}

/** Lines of a block map, without the line breaks between them. */
export function blockLines(entries: Entries, indent: string, step: string): string[] {
  return [...entries].flatMap(([key, entry]) => {
    const line = `${indent}${stringify(key, ON_ONE_LINE).trimEnd()}:`;
    if (entry instanceof Map) return [line, ...blockLines(entry, indent + step, step)];
    return [`${line} ${flowText(entry)} # ${entry.comment}`];
  });
}

/** In braces on one line. @param isQuoted with double quotes around every string, as in JSON */
export function flowText(entry: Entry, isQuoted = false): string {
  const quotes = isQuoted ? ({ defaultKeyType: 'QUOTE_DOUBLE', defaultStringType: 'QUOTE_DOUBLE' } as const) : {};
  return stringify(valueOf(entry), { ...ON_ONE_LINE, ...quotes }).trimEnd();
}

const ON_ONE_LINE = { collectionStyle: 'flow', lineWidth: 0, blockQuote: false } as const;

function valueOf(entry: Entry): unknown {
  return entry instanceof Map ? new Map([...entry].map(([key, each]) => [key, valueOf(each)])) : entry.value;
}

/** A text that replaces a part of another one. */
export interface Splice {
  start: number;
  end: number;
  text: string;
}

/** Applies all splices; their offsets are those of the original text. Splices with the same offset keep their order. */
export function spliced(text: string, splices: readonly Splice[]): string {
  const lastFirst = splices.map((splice, index) => ({ ...splice, index }));
  lastFirst.sort((a, b) => b.start - a.start || b.index - a.index);
  return lastFirst.reduce(
    (result, { start, end, text: put }) => result.slice(0, start) + put + result.slice(end),
    text
  );
}

export function keyRange(pair: Pair): { start: number; end: number } {
  const [start, end] = (pair.key as Node).range!;
  return { start, end };
}

/** The end of a pair, without the blanks and comments after it. */
export function endOfPair(pair: Pair): number {
  const value = pair.value as Node | null;
  if (value === null || (isScalar(value) && value.source === '')) return keyRange(pair).end;
  const last = isMap(value) && value.flow !== true ? value.items.at(-1) : undefined;
  return last === undefined ? value.range![1] : endOfPair(last);
}

/** The text after a pair on its last line, usually a comment. */
export function restOfLine(text: string, pair: Pair): string {
  const end = endOfPair(pair);
  return text.slice(end, endOfLine(text, end)).trimStart();
}

/** The blanks before a key: in a block map, its indentation. */
export function indentOf(text: string, pair: Pair): string {
  const { start } = keyRange(pair);
  return /[ \t]*$/.exec(text.slice(startOfLine(text, start), start))![0];
}

function startOfLine(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

/** The offset of the line break (`\n` or `\r\n`) or of the end of the text. */
export function endOfLine(text: string, offset: number): number {
  const found = text.indexOf('\n', offset);
  const end = found === -1 ? text.length : found;
  return text[end - 1] === '\r' && end > offset ? end - 1 : end;
}

/** The comments in a part of a text, without line breaks. */
export function commentsIn(text: string, start: number, end: number): string[] {
  const indent = ' '.repeat(start - startOfLine(text, start));
  const tokens = [...new Lexer().lex(indent + text.slice(start, end))];
  return tokens.filter((token, index) => token.startsWith('#') && tokens[index - 1] !== '\u001f');
}

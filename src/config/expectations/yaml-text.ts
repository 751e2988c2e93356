import { isMap, isScalar, Lexer } from 'yaml';
import type { Node, Pair } from 'yaml';

/** What to put in place of a part of a text, by its offsets. */
export interface Splice {
  start: number;
  end: number;
  text: string;
}

/** All of them at once: the offsets are those of the text before, and what goes to one place keeps its order. */
export function spliced(text: string, splices: readonly Splice[]): string {
  const lastFirst = splices.map((splice, index) => ({ ...splice, index }));
  lastFirst.sort((a, b) => b.start - a.start || b.index - a.index);
  return lastFirst.reduce(
    (result, { start, end, text: put }) => result.slice(0, start) + put + result.slice(end),
    text
  );
}

/** Where the text of a key begins and ends. */
export function keyRange(pair: Pair): { start: number; end: number } {
  const [start, end] = (pair.key as Node).range!;
  return { start, end };
}

/** Where the text of a pair ends, without blanks and comments behind it. */
export function endOfPair(pair: Pair): number {
  const value = pair.value as Node | null;
  if (value === null || (isScalar(value) && value.source === '')) return keyRange(pair).end;
  const last = isMap(value) && value.flow !== true ? value.items.at(-1) : undefined;
  return last === undefined ? value.range![1] : endOfPair(last);
}

/** What is behind a pair on its last line, a comment as a rule. */
export function restOfLine(text: string, pair: Pair): string {
  const end = endOfPair(pair);
  return text.slice(end, endOfLine(text, end)).trimStart();
}

/** What is before the key on its line: of a block map it is its indentation. */
export function indentOf(text: string, pair: Pair): string {
  const { start } = keyRange(pair);
  return /[ \t]*$/.exec(text.slice(startOfLine(text, start), start))![0];
}

function startOfLine(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

/** The offset of the line break, which a `\r` may be part of, or the end of the text. */
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

import { isAlias, isMap, isNode, isScalar, Lexer } from 'yaml';
import type { Node, Pair, YAMLMap } from 'yaml';
import { keyText } from './plain-value.ts';

/** What to put in place of a part of a text, by its offsets. */
export interface Splice {
  start: number;
  end: number;
  text: string;
}

export function spliced(text: string, splices: readonly Splice[]): string {
  const lastFirst = splices.map((splice, index) => ({ ...splice, index }));
  lastFirst.sort((a, b) => b.start - a.start || b.index - a.index);
  return lastFirst.reduce(
    (result, { start, end, text: put }) => result.slice(0, start) + put + result.slice(end),
    text
  );
}

/** Something to be in a map: a value on one line with its comment, or a map of such. */
export type Entry = Leaf | { entries: Map<string, Entry> };

export interface Leaf {
  value: Record<string, string | number>;
  comment: string;
}

export function pairOf(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find((pair) => keyText(pair) === key);
}

/** Nothing at all, `null`, or `{}`. */
export function isEmpty(value: unknown): boolean {
  return value === null || (isScalar(value) && value.value === null) || (isMap(value) && value.items.length === 0);
}

/** What changes elsewhere, too, when it is changed. */
export function isShared(value: unknown): boolean {
  return isAlias(value) || (isNode(value) && 'anchor' in value && value.anchor !== undefined);
}

/** Where the text of a pair ends, without blanks and comments behind it. */
export function endOfPair(pair: Pair): number {
  const { key, value } = pair as { key: Node; value: Node | null };
  if (value === null || (isScalar(value) && value.source === '')) return key.range![1];
  const last = isMap(value) && value.flow !== true ? value.items.at(-1) : undefined;
  return last === undefined ? value.range![1] : endOfPair(last);
}

/** What is before the key on its line: of a block map it is its indentation. */
export function indentOf(text: string, pair: Pair): string {
  const start = (pair.key as Node).range![0];
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

/** Lines of a block map, without the line breaks between them. */
export function blockLines(key: string, entry: Entry, indent: string, step: string): string[] {
  if ('value' in entry) return [`${indent}${yamlKey(key)}: ${flowText(entry)} # ${entry.comment}`];
  const inside = [...entry.entries].flatMap(([name, each]) => blockLines(name, each, indent + step, step));
  return [`${indent}${yamlKey(key)}:`, ...inside];
}

/** On one line, in braces. @param isJson with every text in double quotes, as JSON has it */
export function flowText(entry: Entry, isJson = false): string {
  const text = (each: string): string => (isJson ? JSON.stringify(each) : yamlKey(each));
  const parts =
    'value' in entry
      ? Object.entries(entry.value).map(([key, value]) => {
          const quoted = typeof value === 'string' && isJson ? JSON.stringify(value) : value;
          return `${text(key)}: ${quoted}`;
        })
      : [...entry.entries].map(([key, each]) => `${text(key)}: ${flowText(each, isJson)}`);
  return `{ ${parts.join(', ')} }`;
}

/** A key that YAML reads as this text whatever it is. */
function yamlKey(text: string): string {
  const isPlain = /^[A-Za-z][\w-]*([.][\w-]+)*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text);
  return isPlain ? text : JSON.stringify(text);
}

import { isAlias, isMap, isNode, isScalar, type Node, type Pair, type YAMLMap } from 'yaml';
import { Failure } from '../../domain/failures/failure.ts';
import { pathText, quoted } from '../../source/problem.ts';
import { keyText } from '../../source/yaml/plain-value.ts';
import {
  blockLines,
  commentsIn,
  endOfLine,
  endOfPair,
  flowText,
  indentOf,
  keyRange,
  restOfLine,
  type Entries,
  type Entry,
  type Leaf,
  type Splice,
} from './yaml-text.ts';

/** An entry to write at a path, and how the text changes. */
export interface Edit {
  path: string[];
  entry: Entry;
  /** The pair with this key, whose value changes; null if there is none. */
  replaced: Pair | null;
  splices: Splice[];
}

/** A text, and the style of its author. */
interface Style {
  text: string;
  newline: string;
  /** The indentation of one level. */
  step: string;
}

/**
 * The edits that write entries in the style of the surrounding text. No other line changes, and no comment is lost.
 * @throws Failure InvalidConfig if an edit would change something else
 */
export function editsFor(text: string, root: Node | null, entries: Entries): Edit[] {
  const style = { text, newline: text.includes('\r\n') ? '\r\n' : '\n', step: isMap(root) ? stepOf(root, text) : '  ' };
  if (isMap(root)) return editsIn(root, entries, [], style);
  if (isEmpty(root)) return [{ path: [], entry: entries, replaced: null, splices: [linesAtEnd('', entries, style)] }];
  throw uneditable([], 'is not a map of keys and values');
}

function stepOf(root: YAMLMap, text: string): string {
  const nested = root.items.find(({ value }) => isMap(value) && !value.flow && value.items.length > 0);
  const [first] = nested === undefined ? [] : (nested.value as YAMLMap).items;
  return first === undefined ? '  ' : indentOf(text, first).slice(indentOf(text, root.items[0]!).length);
}

function editsIn(map: YAMLMap, entries: Entries, path: string[], style: Style): Edit[] {
  const edits: Edit[] = [];
  const missing: Entries = new Map();
  for (const [key, entry] of entries) {
    const pair = map.items.find((each) => keyText(each) === key);
    if (pair === undefined) missing.set(key, entry);
    else edits.push(...editsAt(map, pair, entry, [...path, key], style));
  }
  if (missing.size === 0) return edits;
  return [...edits, { path, entry: missing, replaced: null, splices: [insertion(map, missing, path, style)] }];
}

function editsAt(map: YAMLMap, pair: Pair, entry: Entry, path: string[], style: Style): Edit[] {
  if (isShared(pair.key) || isShared(pair.value)) throw uneditable(path, 'has an anchor or is an alias');
  if (entry instanceof Map && !isEmpty(pair.value)) {
    if (isMap(pair.value)) return editsIn(pair.value, entry, path, style);
    throw uneditable(path, 'is not a map of keys and values');
  }
  const splices = map.flow
    ? [valueInBraces(pair, entry, style)]
    : entry instanceof Map
      ? linesInEmpty(pair, entry, style)
      : valueOnOneLine(pair, entry, style);
  return [{ path, entry, replaced: entry instanceof Map ? null : pair, splices }];
}

function insertion(map: YAMLMap, entries: Entries, path: string[], style: Style): Splice {
  const last = map.items.at(-1);
  if (last === undefined) throw uneditable(path, 'is an empty map in braces');
  if (map.flow) return moreInBraces(last, entries, style);
  // `...` ends a document: nothing can follow it.
  const hasEnd = /^\.\.\.\s*$/m.test(style.text.slice(endOfPair(last)));
  if (path.length === 0 && !hasEnd) return linesAtEnd(indentOf(style.text, map.items[0]!), entries, style);
  return linesBelow(endOfLine(style.text, endOfPair(last)), indentOf(style.text, last), entries, style);
}

/** Whether a value is missing, `null`, or `{}`. */
function isEmpty(value: unknown): boolean {
  return value === null || (isScalar(value) && value.value === null) || (isMap(value) && value.items.length === 0);
}

/** Whether a change of this node would also change other values: it has an anchor, or is an alias. */
function isShared(value: unknown): boolean {
  return isAlias(value) || (isNode(value) && 'anchor' in value && value.anchor !== undefined);
}

export function uneditable(path: readonly string[], what: string): Failure {
  const where = path.length === 0 ? 'the file' : path.length > 2 ? quoted(pathText(path)) : pathText(path);
  return new Failure('InvalidConfig', `${where} ${what}: add the expectations by hand, as a plain map`);
}

/** Our own comment, which a new one replaces. Other comments after an expectation stay. */
const OURS = /^# \d+ servers?, \d+ runs?, \d{4}-\d{2}-\d{2}[^#]*/;

export function hasOurComment(text: string, pair: Pair): boolean {
  return OURS.test(restOfLine(text, pair));
}

function valueInBraces(pair: Pair, entry: Entry, { text }: Style): Splice {
  return {
    start: keyRange(pair).end,
    end: endOfPair(pair),
    text: `: ${flowText(entry, text[keyRange(pair).start] === '"')}`,
  };
}

/** Moves comments inside of the value above it; comments after it stay. */
function valueOnOneLine(pair: Pair, leaf: Leaf, { text, newline }: Style): Splice[] {
  const [{ start, end: keyEnd }, end] = [keyRange(pair), endOfPair(pair)];
  const within = commentsIn(text, keyEnd, end).map((each) => each + newline + indentOf(text, pair));
  const theirs = restOfLine(text, pair).replace(OURS, '');
  const behind = ` # ${leaf.comment}${theirs === '' ? '' : ` ${theirs}`}`;
  return [
    ...(within.length > 0 ? [{ start, end: start, text: within.join('') }] : []),
    { start: keyEnd, end: endOfLine(text, end), text: `: ${flowText(leaf)}${behind}` },
  ];
}

function linesInEmpty(pair: Pair, entries: Entries, style: Style): Splice[] {
  const { text, newline, step } = style;
  const [{ end: keyEnd }, end] = [keyRange(pair), endOfPair(pair)];
  const indent = indentOf(text, pair) + step;
  const comments = commentsIn(text, keyEnd, end).map((each) => newline + indent + each);
  const below = linesBelow(endOfLine(text, end), indent, entries, style);
  return [
    ...(end > keyEnd ? [{ start: keyEnd, end, text: ':' }] : []),
    { ...below, text: comments.join('') + below.text },
  ];
}

function linesBelow(at: number, indent: string, entries: Entries, { newline, step }: Style): Splice {
  const lines = blockLines(entries, indent, step);
  return { start: at, end: at, text: lines.map((line) => newline + line).join('') };
}

function linesAtEnd(indent: string, entries: Entries, { text, newline, step }: Style): Splice {
  const lines = blockLines(entries, indent, step);
  const gap = text === '' || /(^|\n)\r?\n$/.test(text) ? '' : text.endsWith('\n') ? newline : newline + newline;
  const at = text.length;
  return { start: at, end: at, text: gap + lines.map((line) => line + newline).join('') };
}

function moreInBraces(last: Pair, entries: Entries, { text, newline }: Style): Splice {
  const indent = indentOf(text, last);
  const isOnOwnLine = text[keyRange(last).start - indent.length - 1] === '\n';
  const separator = isOnOwnLine ? `,${newline}${indent}` : ', ';
  const inside = flowText(entries, text[keyRange(last).start] === '"').slice(2, -2);
  const at = endOfPair(last);
  return { start: at, end: at, text: separator + inside };
}

import { isMap } from 'yaml';
import type { Node, Pair, YAMLMap } from 'yaml';
import { blockLines, flowText, jsonText } from './yaml-entries.ts';
import type { Entry, Leaf } from './yaml-entries.ts';
import type { Place } from './yaml-places.ts';
import { commentsIn, endOfLine, endOfPair, indentOf, keyRange, restOfLine } from './yaml-text.ts';
import type { Splice } from './yaml-text.ts';

/** A text, and how whoever wrote it writes. */
export interface Written {
  text: string;
  newline: string;
  /** How much deeper each level is indented. */
  step: string;
}

export function writtenAs(text: string, root: Node | null): Written {
  return { text, newline: text.includes('\r\n') ? '\r\n' : '\n', step: isMap(root) ? stepOf(root, text) : '  ' };
}

function stepOf(root: YAMLMap, text: string): string {
  const nested = root.items.find(({ value }) => isMap(value) && !value.flow && value.items.length > 0);
  const [first] = nested === undefined ? [] : (nested.value as YAMLMap).items;
  return first === undefined ? '  ' : indentOf(text, first).slice(indentOf(text, root.items[0]!).length);
}

/** What we write behind an expectation: whoever wrote it, it may be written anew. Comments behind it stay. */
const OWN_COMMENT = /^# \d+ servers?, \d+ runs?, \d{4}-\d{2}-\d{2}[^#]*/;

export function isOurs(comment: string): boolean {
  return OWN_COMMENT.test(comment);
}

/** What to put where for the entries of a place. Nothing else in the text changes, and no comment is lost. */
export function splicesAt(place: Place, written: Written): Splice[] {
  switch (place.kind) {
    case 'value':
      return place.map.flow
        ? [valueInBraces(place.pair, place.entry, written.text)]
        : valueOnOneLine(place.pair, place.entry, written);
    case 'empty':
      return place.map.flow ? [valueInBraces(place.pair, place.entry, written.text)] : linesInEmpty(place, written);
    case 'below':
      return [linesBelow(place, written)];
    case 'in braces':
      return [moreInBraces(place, written)];
    case 'at end':
      return [linesAtEnd(place, written)];
  }
}

function valueInBraces(pair: Pair, entry: Entry, text: string): Splice {
  return { start: keyRange(pair).end, end: endOfPair(pair), text: `: ${textBeside(pair, text)(entry)}` };
}

/** Comments within go above it, those behind it stay. */
function valueOnOneLine(pair: Pair, leaf: Leaf, { text, newline }: Written): Splice[] {
  const [{ start, end: keyEnd }, end] = [keyRange(pair), endOfPair(pair)];
  const within = commentsIn(text, keyEnd, end).map((each) => each + newline + indentOf(text, pair));
  const theirs = restOfLine(text, pair).replace(OWN_COMMENT, '');
  const behind = ` # ${leaf.comment}${theirs === '' ? '' : ` ${theirs}`}`;
  return [
    ...(within.length > 0 ? [{ start, end: start, text: within.join('') }] : []),
    { start: keyEnd, end: endOfLine(text, end), text: `: ${flowText(leaf)}${behind}` },
  ];
}

function linesInEmpty({ pair, entry }: Place & { kind: 'empty' }, { text, newline, step }: Written): Splice[] {
  const [{ end: keyEnd }, end] = [keyRange(pair), endOfPair(pair)];
  const indent = indentOf(text, pair) + step;
  const comments = commentsIn(text, keyEnd, end).map((each) => indent + each);
  const lines = [...comments, ...blockLines(entry.entries, indent, step)];
  const at = endOfLine(text, end);
  return [
    ...(end > keyEnd ? [{ start: keyEnd, end, text: ':' }] : []),
    { start: at, end: at, text: lines.map((line) => newline + line).join('') },
  ];
}

function linesBelow({ last, entries }: Place & { kind: 'below' }, { text, newline, step }: Written): Splice {
  const lines = blockLines(entries, indentOf(text, last), step);
  const at = endOfLine(text, endOfPair(last));
  return { start: at, end: at, text: lines.map((line) => newline + line).join('') };
}

function linesAtEnd({ indent, entries }: Place & { kind: 'at end' }, { text, newline, step }: Written): Splice {
  const lines = blockLines(entries, indent, step);
  const gap = text === '' || /(^|\n)\r?\n$/.test(text) ? '' : text.endsWith('\n') ? newline : newline + newline;
  const at = text.length;
  return { start: at, end: at, text: gap + lines.map((line) => line + newline).join('') };
}

function moreInBraces({ last, entries }: Place & { kind: 'in braces' }, { text, newline }: Written): Splice {
  const indent = indentOf(text, last);
  const isOnOwnLine = text[keyRange(last).start - indent.length - 1] === '\n';
  const separator = isOnOwnLine ? `,${newline}${indent}` : ', ';
  const inside = textBeside(last, text)({ entries }).slice(2, -2);
  const at = endOfPair(last);
  return { start: at, end: at, text: separator + inside };
}

/** In quotes where the keys beside it are. */
function textBeside(pair: Pair, text: string): (entry: Entry) => string {
  return text[keyRange(pair).start] === '"' ? jsonText : flowText;
}

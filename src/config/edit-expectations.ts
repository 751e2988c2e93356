import { isDeepStrictEqual } from 'node:util';
import { isMap } from 'yaml';
import type { Node, Pair, YAMLMap } from 'yaml';
import { Failure } from '../domain/failure.ts';
import { parseYaml } from './parse-yaml.ts';
import { keyText } from './plain-value.ts';
import { pathText, quoted } from './problem.ts';
import type { Entry, Leaf, Splice } from './yaml-entries.ts';
import {
  blockLines,
  commentsIn,
  endOfLine,
  endOfPair,
  flowText,
  indentOf,
  isEmpty,
  isShared,
  pairOf,
  spliced,
} from './yaml-entries.ts';

/** What a metric of a class is to be held to, as it is to be written. */
export interface WantedExpectation extends Leaf {
  hardwareClass: string;
  metric: string;
}

export interface EditedExpectations {
  text: string;
  /** Written anew, or differently than before. */
  changed: { hardwareClass: string; metric: string }[];
  /** Written by hand as bounds, and left as they are. */
  kept: { hardwareClass: string; metric: string }[];
}

/** What we write behind an expectation: whoever wrote it, it may be written anew. Comments behind it stay. */
const ours = /^# \d+ servers?, \d+ runs?, \d{4}-\d{2}-\d{2}[^#]*/;

interface Edit extends Omit<EditedExpectations, 'text'> {
  before: string;
  /** Whether bounds written by hand are written anew, too. */
  replace: boolean;
  newline: string;
  /** How much deeper each level is indented. */
  step: string;
  splices: Splice[];
}

/**
 * Writes expectations into the text of a `fleetmark.yaml`. Every other line stays as it is, byte for byte: nothing is
 * formatted anew.
 * @param text YAML without mistakes
 * @throws Failure InvalidConfig if it is written in a way that cannot be edited safely: with anchors and aliases
 */
export function editExpectations(
  text: string,
  wanted: readonly WantedExpectation[],
  { replace = false } = {}
): EditedExpectations {
  const { root, value } = parseYaml(text);
  if (!isEmpty(root) && !isMap(root)) throw uneditable([], 'is no map of keys and values');
  const step = isMap(root) ? stepOf(root, text) : '  ';
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const edit: Edit = { before: text, replace, newline, step, splices: [], changed: [], kept: [] };
  const entries = new Map([['expect', { entries: byClass(wanted) }]]);
  if (!isMap(root)) addAtEnd(entries, '', edit);
  else writeInto(root, entries, [], edit);

  const { splices, changed, kept } = edit;
  const edited = spliced(text, splices);
  const after = parseYaml(edited);
  const isKept = ({ hardwareClass, metric }: WantedExpectation): boolean =>
    kept.some((each) => each.hardwareClass === hardwareClass && each.metric === metric);
  const expected = withLeaves(
    value,
    wanted.filter((each) => !isKept(each))
  );
  const isRight = after.syntaxError === null && after.problems.length === 0;
  if (!isRight || !isDeepStrictEqual(after.value, expected))
    throw uneditable(['expect'], 'is written in a way that cannot be edited without changing something else');
  return { text: edited, changed, kept };
}

function byClass(wanted: readonly WantedExpectation[]): Map<string, Entry> {
  const classes = new Map<string, { entries: Map<string, Entry> }>();
  for (const { hardwareClass, metric, value, comment } of wanted) {
    if ([hardwareClass, metric].includes('__proto__')) throw uneditable([hardwareClass, metric], 'is no name');
    const { entries } = classes.get(hardwareClass) ?? { entries: new Map<string, Entry>() };
    classes.set(hardwareClass, { entries: entries.set(metric, { value, comment }) });
  }
  return classes;
}

function writeInto(map: YAMLMap, entries: Map<string, Entry>, path: string[], edit: Edit): void {
  const missing = new Map<string, Entry>();
  for (const [key, entry] of entries) {
    const pair = pairOf(map, key);
    const here = [...path, key];
    if (pair === undefined) missing.set(key, entry);
    else if (isShared(pair.key) || isShared(pair.value)) throw uneditable(here, 'has an anchor or is an alias');
    else if ('value' in entry) writeLeaf(map, pair, entry, here, edit);
    else if (isEmpty(pair.value)) fill(map, pair, entry, here, edit);
    else if (isMap(pair.value)) writeInto(pair.value, entry.entries, here, edit);
    else throw uneditable(here, 'is no map of keys and values');
  }
  if (missing.size === 0) return;
  for (const [key, entry] of missing) noteChanged(entry, [...path, key], edit);
  if (map.flow) addInBraces(map, missing, path, edit);
  else if (path.length === 0 && !hasEnd(map, edit)) addAtEnd(missing, indentOf(edit.before, map.items[0]!), edit);
  else addLines(map, missing, edit);
}

/** An expectation that is there already, in one line from now on. Comments within go above it, those behind it stay. */
function writeLeaf(map: YAMLMap, pair: Pair, leaf: Leaf, [, hardwareClass, metric]: string[], edit: Edit): void {
  const { before, newline, replace } = edit;
  const of = { hardwareClass: hardwareClass!, metric: metric! };
  const [keyEnd, end] = [(pair.key as Node).range![1], endOfPair(pair)];
  const lineEnd = endOfLine(before, end);
  const comment = before.slice(end, lineEnd).trimStart();
  if (!replace && !ours.test(comment) && hasBounds(pair.value)) return void edit.kept.push(of);

  const splices: Splice[] = [];
  if (map.flow) splices.push({ start: keyEnd, end, text: `: ${flowText(leaf, isJson(pair, edit))}` });
  else {
    const start = (pair.key as Node).range![0];
    const within = commentsIn(before, keyEnd, end).map((each) => each + newline + indentOf(before, pair));
    if (within.length > 0) splices.push({ start, end: start, text: within.join('') });
    const theirs = comment.replace(ours, '');
    const behind = ` # ${leaf.comment}${theirs === '' ? '' : ` ${theirs}`}`;
    splices.push({ start: keyEnd, end: lineEnd, text: `: ${flowText(leaf)}${behind}` });
  }
  if (splices.every((each) => before.slice(each.start, each.end) === each.text)) return;
  edit.splices.push(...splices);
  edit.changed.push(of);
}

/** Anything but a reference with its tolerance has somebody thought of. */
function hasBounds(value: unknown): boolean {
  const measured = ['reference', 'tolerance'];
  return !isMap(value) || value.items.some((pair) => !measured.includes(keyText(pair) ?? ''));
}

/** A map with nothing in it. */
function fill(map: YAMLMap, pair: Pair, entry: { entries: Map<string, Entry> }, path: string[], edit: Edit): void {
  const { before, newline, step, splices } = edit;
  const [keyEnd, end] = [(pair.key as Node).range![1], endOfPair(pair)];
  noteChanged(entry, path, edit);
  if (map.flow) return void splices.push({ start: keyEnd, end, text: `: ${flowText(entry, isJson(pair, edit))}` });
  if (end > keyEnd) splices.push({ start: keyEnd, end, text: ':' });
  const indent = indentOf(before, pair) + step;
  const lines = [...commentsIn(before, keyEnd, end).map((each) => indent + each)];
  for (const [key, each] of entry.entries) lines.push(...blockLines(key, each, indent, step));
  const at = endOfLine(before, end);
  splices.push({ start: at, end: at, text: lines.map((line) => newline + line).join('') });
}

function addLines(map: YAMLMap, entries: Map<string, Entry>, { before, newline, step, splices }: Edit): void {
  const indent = indentOf(before, map.items[0]!);
  const lines = [...entries].flatMap(([key, entry]) => blockLines(key, entry, indent, step));
  const at = endOfLine(before, endOfPair(map.items.at(-1)!));
  splices.push({ start: at, end: at, text: lines.map((line) => newline + line).join('') });
}

function addAtEnd(entries: Map<string, Entry>, indent: string, { before, newline, step, splices }: Edit): void {
  const lines = [...entries].flatMap(([key, entry]) => blockLines(key, entry, indent, step));
  const gap = before === '' || /(^|\n)\r?\n$/.test(before) ? '' : before.endsWith('\n') ? newline : newline + newline;
  const at = before.length;
  splices.push({ start: at, end: at, text: gap + lines.map((line) => line + newline).join('') });
}

function addInBraces(map: YAMLMap, entries: Map<string, Entry>, path: string[], edit: Edit): void {
  const { before, newline, splices } = edit;
  const last = map.items.at(-1);
  if (last === undefined) throw uneditable(path, 'has nothing in its braces');
  const indent = indentOf(before, last);
  const isOnOwnLine = before[(last.key as Node).range![0] - indent.length - 1] === '\n';
  const separator = isOnOwnLine ? `,${newline}${indent}` : ', ';
  const inside = flowText({ entries }, isJson(last, edit)).slice(2, -2);
  const at = endOfPair(last);
  splices.push({ start: at, end: at, text: separator + inside });
}

function noteChanged(entry: Entry, path: string[], edit: Edit): void {
  if ('value' in entry) edit.changed.push({ hardwareClass: path[1]!, metric: path[2]! });
  else for (const [key, each] of entry.entries) noteChanged(each, [...path, key], edit);
}

/** As the keys beside it have it. */
function isJson(pair: Pair, { before }: Edit): boolean {
  return before[(pair.key as Node).range![0]] === '"';
}

/** `...` ends a document: nothing can follow it. */
function hasEnd(map: YAMLMap, { before }: Edit): boolean {
  return /^\.\.\.\s*$/m.test(before.slice(endOfPair(map.items.at(-1)!)));
}

function stepOf(root: YAMLMap, text: string): string {
  const nested = root.items.find(({ value }) => isMap(value) && !value.flow && value.items.length > 0);
  const [first] = nested === undefined ? [] : (nested.value as YAMLMap).items;
  return first === undefined ? '  ' : indentOf(text, first).slice(indentOf(text, root.items[0]!).length);
}

function withLeaves(value: unknown, wanted: readonly WantedExpectation[]): unknown {
  const whole = (structuredClone(value) ?? {}) as Record<string, unknown>;
  for (const { hardwareClass, metric, value: leaf } of wanted) {
    const expect = (whole['expect'] ??= {}) as Record<string, Record<string, unknown> | null>;
    (expect[hardwareClass] ??= {})[metric] = leaf;
  }
  return whole;
}

function uneditable(path: readonly string[], what: string): Failure {
  const where = path.length === 0 ? 'the file' : path.length > 2 ? quoted(pathText(path)) : pathText(path);
  return new Failure('InvalidConfig', `${where} ${what}: write the expectations out by hand, as a plain map`);
}

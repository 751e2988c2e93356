import { isAlias, isMap, isNode, isScalar } from 'yaml';
import type { Node, Pair, YAMLMap } from 'yaml';
import { Failure } from '../../domain/failures/failure.ts';
import { keyText } from '../../source/yaml/plain-value.ts';
import { pathText, quoted } from '../../source/problem.ts';
import type { Branch, Entries, Entry, Leaf } from './yaml-entries.ts';
import { endOfPair, indentOf } from './yaml-text.ts';

/** Where entries belong in a YAML text, by what is there already. The path leads to the entry, or to its map. */
export type Place = { path: string[] } & (
  | { kind: 'value'; map: YAMLMap; pair: Pair; entry: Leaf }
  /** A key with nothing in it. */
  | { kind: 'empty'; map: YAMLMap; pair: Pair; entry: Branch }
  /** Below the last pair of a block map. */
  | { kind: 'below'; last: Pair; entries: Entries }
  | { kind: 'in braces'; last: Pair; entries: Entries }
  /** At the end of the text, beside all that is there. */
  | { kind: 'at end'; indent: string; entries: Entries }
);

/**
 * The places of all entries, each once, in the order of the entries with those first that are there.
 * @throws Failure InvalidConfig where something cannot be edited without changing something else
 */
export function placesOf(root: Node | null, entries: Entries, text: string): Place[] {
  if (isMap(root)) return placesIn(root, entries, [], text);
  if (isEmpty(root)) return [{ kind: 'at end', path: [], indent: '', entries }];
  throw uneditable([], 'is not a map of keys and values');
}

function placesIn(map: YAMLMap, entries: Entries, path: string[], text: string): Place[] {
  const places: Place[] = [];
  const missing: Entries = new Map();
  for (const [key, entry] of entries) {
    const pair = map.items.find((each) => keyText(each) === key);
    if (pair === undefined) missing.set(key, entry);
    else places.push(...placesAt(map, pair, entry, [...path, key], text));
  }
  if (missing.size === 0) return places;
  return [...places, placeOfMissing(map, missing, path, text)];
}

function placesAt(map: YAMLMap, pair: Pair, entry: Entry, path: string[], text: string): Place[] {
  if (isShared(pair.key) || isShared(pair.value)) throw uneditable(path, 'has an anchor or is an alias');
  if ('value' in entry) return [{ kind: 'value', path, map, pair, entry }];
  if (isEmpty(pair.value)) return [{ kind: 'empty', path, map, pair, entry }];
  if (isMap(pair.value)) return placesIn(pair.value, entry.entries, path, text);
  throw uneditable(path, 'is not a map of keys and values');
}

function placeOfMissing(map: YAMLMap, entries: Entries, path: string[], text: string): Place {
  const last = map.items.at(-1);
  if (last === undefined) throw uneditable(path, 'is an empty map in braces');
  if (map.flow) return { kind: 'in braces', path, last, entries };
  const isWhole = path.length === 0 && !hasEnd(last, text);
  if (isWhole) return { kind: 'at end', path, indent: indentOf(text, map.items[0]!), entries };
  return { kind: 'below', path, last, entries };
}

/** Nothing at all, `null`, or `{}`. */
function isEmpty(value: unknown): boolean {
  return value === null || (isScalar(value) && value.value === null) || (isMap(value) && value.items.length === 0);
}

/** What changes elsewhere, too, when it is changed. */
function isShared(value: unknown): boolean {
  return isAlias(value) || (isNode(value) && 'anchor' in value && value.anchor !== undefined);
}

/** `...` ends a document: nothing can follow it. */
function hasEnd(last: Pair, text: string): boolean {
  return /^\.\.\.\s*$/m.test(text.slice(endOfPair(last)));
}

export function uneditable(path: readonly string[], what: string): Failure {
  const where = path.length === 0 ? 'the file' : path.length > 2 ? quoted(pathText(path)) : pathText(path);
  return new Failure('InvalidConfig', `${where} ${what}: add the expectations by hand, as a plain map`);
}

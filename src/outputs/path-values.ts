import { exec, type JsonValue } from 'jsonpath-rfc9535';
import type { PathSource } from '../domain/plans/command-output.ts';
import { isObject } from '../domain/values/json-value.ts';
import { shortList } from '../domain/values/short-list.ts';
import { printable } from '../domain/values/untrusted.ts';
import type { ReadDocument } from './document.ts';
import type { FoundValue } from './found-value.ts';

/**
 * The values at a JSONPath in a JSON or YAML document, in order. Without a time limit: the caller applies one.
 * @throws Failure UnreadableOutput if the text is no such document
 */
export function pathValues(source: PathSource, text: string, read: ReadDocument): FoundValue[] {
  const nodes = nodesAt(source.path, read(source.kind, text));
  const places = placesInList(
    source.listPart,
    nodes.map(({ location }) => location)
  );
  return nodes.map(({ value, location }, index) => {
    const [row = '', column = row] = location.slice(-2).map(String);
    const where = (): string => `at ${['$', ...location].join('.')}`;
    const place = places?.[index] ?? index;
    return { text: textOf(value), where, unit: null, device: null, row, column, place, doubt: null };
  });
}

/**
 * The place of each value in the list of the devices, by the locations of the values: a filter may leave some out. Null: the
 * devices are in an object.
 */
function placesInList(part: number | null, locations: readonly (readonly (string | number)[])[]): number[] | null {
  if (part === null) return null;
  const places = locations.map((location) => location[part]);
  return places.every((place) => typeof place === 'number') ? places : null;
}

/** What is at a JSONPath of a document, and where. */
export function nodesAt(path: string, document: unknown): { value: unknown; location: (string | number)[] }[] {
  const found: { value: unknown; location: (string | number)[] }[] = [];
  exec(document as JsonValue, path, (value, location) => found.push({ value, location: [...location] }));
  return found;
}

/** The last part of a path: `.iops`, `[0]`, `['a b']`, `[?@.x == 1]`. */
const LAST_PART = /(?:\.{1,2}[\w-]+|\.\*|\[[^[\]]*\])$/;

/** What is at the longest part of a path that finds something: `$.jobs[0].read has bw, iops`. Null: nothing to tell. */
export function whatIsThere(path: string, document: unknown): string | null {
  for (let begin = path.replace(LAST_PART, ''); begin.startsWith('$'); begin = begin.replace(LAST_PART, '')) {
    const [first] = nodesIn(begin, document);
    if (isObject(first?.value) && !Array.isArray(first.value))
      return `${begin} has ${printable(shortList(Object.keys(first.value), 12), 120)}`;
    if (first !== undefined || !LAST_PART.test(begin)) return null;
  }
  return null;
}

function nodesIn(path: string, document: unknown): { value: unknown }[] {
  try {
    return nodesAt(path, document);
  } catch {
    return []; // half of a filter is no path
  }
}

/** Empty for null: a value that is there without a number. */
function textOf(value: unknown): string {
  if (value === null) return '';
  return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value);
}

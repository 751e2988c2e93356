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
  return nodesAt(source, read(source.kind, text)).map(({ value, location }) => {
    const [row = '', column = row] = location.slice(-2).map(String);
    const where = (): string => `at ${['$', ...location].join('.')}`;
    return { text: textOf(value), where, unit: null, device: null, row, column, doubt: null };
  });
}

/** What is at a JSONPath of a document, and where. */
export function nodesAt({ path }: PathSource, document: unknown): { value: unknown; location: (string | number)[] }[] {
  const found: { value: unknown; location: (string | number)[] }[] = [];
  exec(document as JsonValue, path, (value, location) => found.push({ value, location: [...location] }));
  return found;
}

/** The last part of a path: `.iops`, `[0]`, `['a b']`, `[?@.x == 1]`. */
const LAST_PART = /(?:\.{1,2}[\w-]+|\.\*|\[[^[\]]*\])$/;

/** What is at the longest part of a path that finds something: `$.jobs[0].read has bw, iops`. Null: nothing to tell. */
export function whatIsThere({ path }: PathSource, document: unknown): string | null {
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
    return nodesAt({ kind: 'json', path }, document);
  } catch {
    return []; // half of a filter is no path
  }
}

/** Empty for null: a value that is there without a number. */
function textOf(value: unknown): string {
  if (value === null) return '';
  return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value);
}

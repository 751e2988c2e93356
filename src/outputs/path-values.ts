import { exec, type JsonValue } from 'jsonpath-rfc9535';
import { parseAllDocuments } from 'yaml';
import { Failure } from '../domain/failures/failure.ts';
import type { PathSource } from '../domain/plans/command-output.ts';
import { printable } from '../domain/values/untrusted.ts';
import { lineNumberText, type FoundValue } from './found-value.ts';
import { shown } from './shown.ts';

/** The beginning of a line that opens an object or an array, up to its first key or value. Not so `[12:00:01] ready`. */
const LIKE_JSON =
  /^[ \t]*(?:\{\s*(?:\}|"(?:[^"\\]|\\.){0,1000}"\s*:)|\[\s*(?:[\]{["]|(?:-?\d[\d.eE+-]{0,40}|true|false|null)\s*[,\]]))/m;

/**
 * The values at a JSONPath in a JSON or YAML document, in order. Without a time limit: the caller applies one.
 * @throws Failure UnreadableOutput if the text is no such document
 */
export function pathValues(source: PathSource, text: string): FoundValue[] {
  return nodesAt(source, text).map(({ value, location }) => {
    const [row = '', column = row] = location.slice(-2).map(String);
    const where = (): string => `at ${['$', ...location].join('.')}`;
    return { text: textOf(value), where, unit: null, device: null, row, column, doubt: null };
  });
}

/** What is at a JSONPath, and where. @throws Failure UnreadableOutput */
export function nodesAt({ kind, path }: PathSource, text: string): { value: unknown; location: (string | number)[] }[] {
  const document = kind === 'json' ? jsonIn(text) : yamlIn(text);
  const found: { value: unknown; location: (string | number)[] }[] = [];
  exec(document as JsonValue, path, (value, location) => found.push({ value, location: [...location] }));
  return found;
}

/** Empty for null: a value that is there without a number. */
function textOf(value: unknown): string {
  if (value === null) return '';
  return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value);
}

/**
 * The JSON object or array at the end of a text. Other text may come before it, but no line that begins like JSON: that would
 * be another document, or the beginning of one that was cut.
 */
function jsonIn(text: string): unknown {
  const start = text.search(LIKE_JSON);
  if (start < 0) throw new Failure('UnreadableOutput', `no JSON object or array is in ${shown(text)}`);
  try {
    return JSON.parse(text.slice(start)) as unknown;
  } catch (error) {
    const why = printable(error instanceof Error ? error.message : '', 120);
    throw new Failure(
      'UnreadableOutput',
      `the JSON ${lineNumberText(text, start)} is not complete, or something follows it: ${why}`
    );
  }
}

function yamlIn(text: string): unknown {
  // A number at the end may have been cut.
  if (!text.endsWith('\n')) throw new Failure('UnreadableOutput', 'the YAML ends in the middle of a line');
  const documents = parseAllDocuments(text, { logLevel: 'silent', uniqueKeys: true });
  const [document] = documents as Exclude<typeof documents, { empty: true }>;
  if (document === undefined || documents.length !== 1 || document.errors.length > 0) {
    const why = document?.errors[0]?.message.split('\n')[0] ?? `it has ${documents.length} documents`;
    throw new Failure('UnreadableOutput', `no YAML document is in ${shown(text)}: ${why}`);
  }
  return document.toJS({ maxAliasCount: 100 }) as unknown;
}

import { isScalar, parseAllDocuments, visit } from 'yaml';
import { Failure } from '../domain/failures/failure.ts';
import type { PathSource } from '../domain/plans/command-output.ts';
import { isUnderflow, smallest } from '../domain/values/numbers.ts';
import { printable } from '../domain/values/untrusted.ts';
import { lineNumberText } from './found-value.ts';
import { duplicateKey } from './duplicate-key.ts';
import { shown } from './shown.ts';

/** Reads the document in a text. @throws Failure UnreadableOutput if there is none, or more than one */
export type ReadDocument = (kind: PathSource['kind'], text: string) => unknown;

/** Reads each text once, for all metrics and faults of an output. */
export function readDocumentsOnce(): ReadDocument {
  const known = { json: new Map<string, () => unknown>(), yaml: new Map<string, () => unknown>() };
  return (kind, text) => {
    const results = known[kind];
    if (!results.has(text)) {
      results.set(
        text,
        resultOf(() => (kind === 'json' ? jsonIn(text) : yamlIn(text)))
      );
    }
    return results.get(text)!();
  };
}

/** A function that returns what `work` has returned, or throws what it has thrown. */
function resultOf(work: () => unknown): () => unknown {
  try {
    const value = work();
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

/** The beginning of a line that opens an object or an array, up to its first key or value. Not so `[12:00:01] ready`. */
const LIKE_JSON =
  /^[ \t]*(?:\{\s*(?:\}|"(?:[^"\\]|\\.){0,1000}"\s*:)|\[\s*(?:[\]{["]|(?:-?\d[\d.eE+-]{0,40}|true|false|null)\s*[,\]]))/m;

export function hasJson(text: string): boolean {
  return LIKE_JSON.test(text);
}

/**
 * The JSON object or array at the end of a text. Other text may come before it, but no line that begins like JSON: that would
 * be another document, or the beginning of one that was cut.
 */
function jsonIn(text: string): unknown {
  const start = text.search(LIKE_JSON);
  if (start < 0) throw new Failure('UnreadableOutput', `no JSON object or array is in ${shown(text)}`);
  const json = text.slice(start);
  const document = parsed(json, () => lineNumberText(text, start));
  // JSON.parse takes the last of two values, of which the first may be the bad news.
  const twice = duplicateKey(json);
  if (twice === null) return document;
  throw new Failure('UnreadableOutput', `the JSON has two values for ${shown(twice)} in one object`);
}

function parsed(json: string, where: () => string): unknown {
  try {
    const document = JSON.parse(json) as unknown;
    return MAY_UNDERFLOW.test(json) ? JSON.parse(withoutUnderflow(json)) : document;
  } catch (error) {
    const why = printable(error instanceof Error ? error.message : '', 120);
    throw new Failure('UnreadableOutput', `the JSON ${where()} is not complete, or something follows it: ${why}`);
  }
}

/** Without it, no number is too small: the smallest one is 5e-324. */
const MAY_UNDERFLOW = /e-\d{3}|0{100}/i;
/** The beginning or end of a text, an escaped character in it, or a number. */
const TOKEN = /"|\\.|-?\d[\d.eE+-]*/gs;

/** JSON.parse reads a number that is too small as 0. */
function withoutUnderflow(json: string): string {
  let isText = false;
  return json.replace(TOKEN, (token) => {
    if (token === '"') isText = !isText;
    return !isText && isUnderflow(token, Number(token)) ? String(smallest(token)) : token;
  });
}

/** The keys of an object are texts: `1` and `"1"` are the same one. */
function isSameKey(a: unknown, b: unknown): boolean {
  return isScalar(a) && isScalar(b) && String(a.value) === String(b.value);
}

function yamlIn(text: string): unknown {
  // A number at the end may have been cut.
  if (!text.endsWith('\n')) throw new Failure('UnreadableOutput', 'the YAML ends in the middle of a line');
  const documents = parseAllDocuments(text, {
    logLevel: 'silent',
    uniqueKeys: isSameKey,
    schema: 'core',
    version: '1.2',
  });
  const [document] = documents as Exclude<typeof documents, { empty: true }>;
  if (document === undefined || documents.length !== 1 || document.errors.length > 0) {
    const why = document?.errors[0]?.message.split('\n')[0] ?? `it has ${documents.length} documents`;
    throw new Failure('UnreadableOutput', `no YAML document is in ${shown(text)}: ${why}`);
  }
  visit(document, {
    Scalar: (_key, scalar) => {
      const { value, source = '' } = scalar;
      if (typeof value === 'number' && isUnderflow(source, value)) scalar.value = smallest(source);
    },
  });
  return document.toJS({ maxAliasCount: 100 }) as unknown;
}

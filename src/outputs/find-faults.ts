import { Failure, type RowError } from '../domain/failures/failure.ts';
import type { Fault } from '../domain/measurements/benchmark-result.ts';
import type { FaultSign, FaultSource } from '../domain/plans/command-output.ts';
import { isObject } from '../domain/values/json-value.ts';
import { isUnderflow } from '../domain/values/numbers.ts';
import { printable } from '../domain/values/untrusted.ts';
import { hasJson } from './document.ts';
import type { Match } from './match-pattern.ts';
import type { OutputReader } from './output-reader.ts';
import { nodesAt } from './path-values.ts';
import { shown } from './shown.ts';

const MAX_TEXT_LENGTH = 120;
/** Of each sign; more would say nothing more. */
const MAX_HITS = 1_000;
const MAX_FAULTS = 64;
const MAX_CONTEXT = 200;

/**
 * The faults that the signs find, at most one for each device and sign, and the first error: a sign that the benchmark did
 * not work, or JSON with faults that cannot be read.
 */
export function findFaults(
  signs: readonly FaultSign[],
  texts: readonly string[],
  reader: OutputReader
): { faults: Fault[]; error: RowError | null } {
  const faults = new Map<string, Fault>();
  let error: RowError | null = null;
  for (const [index, { source, says, verdict }] of signs.entries()) {
    try {
      for (const { device: name, text: found } of hitsOf(source, texts, reader)) {
        const text = printable(found, MAX_TEXT_LENGTH);
        if (verdict === 'error') error ??= { type: 'BenchmarkCrashed', message: `${says}: "${text}"` };
        else {
          const device = deviceOf(name, reader);
          const key = JSON.stringify([index, device]);
          if (faults.size < MAX_FAULTS && !faults.has(key)) faults.set(key, { says, device, text });
        }
      }
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure;
      error ??= { type: failure.kind, message: `faults[${index}]: ${failure.message}` };
    }
  }
  return { faults: [...faults.values()], error };
}

/** A fault counts even if its device cannot be told. */
function deviceOf(name: string | null, { devices }: OutputReader): number | null {
  if (name === null) return null;
  try {
    return devices.numberOf(name);
  } catch (error) {
    if (error instanceof Failure) return null;
    throw error;
  }
}

interface Hit {
  device: string | null;
  text: string;
}

function hitsOf(source: FaultSource, texts: readonly string[], reader: OutputReader): Hit[] {
  if (source.kind === 'pattern') {
    return texts.flatMap((text) =>
      reader.match(source.pattern, text, 'some').map((match) => ({
        device: match.named['device']?.text ?? null,
        text: lineOf(match, text),
      }))
    );
  }
  // The document may be in one of the streams; without any, reading says so.
  const documents = texts.filter(hasJson);
  return (documents.length > 0 ? documents : [texts.join('\n')]).flatMap((text) =>
    reader.limit(text.length, () => jsonHits(source, reader.document('json', text)))
  );
}

function jsonHits(source: FaultSource & { kind: 'json' }, document: unknown): Hit[] {
  const values = nodesAt(source.path, document).map(({ value }) => value);
  return values
    .filter((value) => !isNothing(value))
    .slice(0, MAX_HITS)
    .flatMap((value) => {
      const text = (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 2 * MAX_TEXT_LENGTH);
      return devicesIn(value, source.device).map((device) => ({ device, text }));
    });
}

/** What tools write where nothing is wrong: `"errors": 0`, `"error": ""`, `"faults": []`. */
function isNothing(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  if (typeof value !== 'string') return !value;
  const number = Number(value);
  return value.trim() === '' || (number === 0 && !isUnderflow(value.trim(), number));
}

/** The devices that a key of an object names: `3`, `0,1,2`, `["0", "1"]`. */
function devicesIn(value: unknown, key: string | null): (string | null)[] {
  const named = key !== null && isObject(value) ? value[key] : null;
  const names = [named]
    .flat()
    .slice(0, MAX_HITS)
    .flatMap((each) => (typeof each === 'string' || typeof each === 'number' ? String(each).split(',', MAX_HITS) : []));
  const devices = names.map((name) => name.trim()).filter((name) => name !== '');
  return devices.length === 0 ? [null] : devices.slice(0, MAX_HITS);
}

/** The error if one of the patterns matches nothing. */
export function findMissing(
  patterns: readonly string[],
  texts: readonly string[],
  { match }: OutputReader
): RowError | null {
  try {
    const missing = patterns.find((pattern) => texts.every((text) => match(pattern, text, 'last').length === 0));
    if (missing === undefined) return null;
    const message = `what "require" names (${missing}) is not in ${shown(texts.join('\n'))}`;
    return { type: 'UnreadableOutput', message };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { type: error.kind, message: `require: ${error.message}` };
  }
}

/** The line of a match, or its part near the match: a progress line may end with a carriage return, or be very long. */
function lineOf({ whole: { start, end } }: Match, text: string): string {
  const before = text
    .slice(Math.max(0, start - MAX_CONTEXT), start)
    .split(/[\r\n]/)
    .at(-1)!;
  const after = text.slice(end, end + MAX_CONTEXT).split(/[\r\n]/, 1)[0]!;
  return before + text.slice(start, Math.min(end, start + MAX_CONTEXT)) + after;
}

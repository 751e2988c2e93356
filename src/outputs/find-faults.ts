import { Failure, type RowError } from '../domain/failures/failure.ts';
import type { Fault } from '../domain/measurements/benchmark-result.ts';
import type { FaultSign, FaultSource } from '../domain/plans/command-output.ts';
import { isObject } from '../domain/values/json-value.ts';
import { printable } from '../domain/values/untrusted.ts';
import type { Match } from './match-pattern.ts';
import type { OutputReader } from './output-reader.ts';
import { nodesAt } from './path-values.ts';
import { shown } from './shown.ts';

const MAX_TEXT_LENGTH = 120;
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
          const device = name === null ? null : reader.devices.numberOf(name);
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

interface Hit {
  device: string | null;
  text: string;
}

function hitsOf(source: FaultSource, texts: readonly string[], reader: OutputReader): Hit[] {
  if (source.kind === 'pattern') {
    return texts.flatMap((text) =>
      reader.match(source.pattern, text, 'all').map((match) => ({
        device: match.named['device']?.text ?? null,
        text: lineOf(match, text),
      }))
    );
  }
  // The document is in one of the streams.
  const text = texts.find((each) => /[{[]/.test(each)) ?? '';
  const nodes = reader.limit(text.length, () => nodesAt(source, reader.document('json', text)));
  return nodes.flatMap(({ value }) => {
    const hit = (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 2 * MAX_TEXT_LENGTH);
    return devicesIn(value, source.device).map((device) => ({ device, text: hit }));
  });
}

/** The devices that a key of an object names: `3`, `0,1,2`, `["0", "1"]`. */
function devicesIn(value: unknown, key: string | null): (string | null)[] {
  const named = key !== null && isObject(value) ? value[key] : null;
  const names = [named].flat().flatMap((each) => {
    return typeof each === 'string' || typeof each === 'number' ? String(each).split(',') : [];
  });
  const devices = names.map((name) => name.trim()).filter((name) => name !== '');
  return devices.length === 0 ? [null] : devices;
}

/** The error if one of the patterns matches nothing. */
export function findMissing(
  patterns: readonly string[],
  texts: readonly string[],
  { match }: OutputReader
): RowError | null {
  const missing = patterns.find((pattern) => texts.every((text) => match(pattern, text, 'last').length === 0));
  if (missing === undefined) return null;
  return {
    type: 'UnreadableOutput',
    message: `what "require" names (${missing}) is not in ${shown(texts.join('\n'))}`,
  };
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

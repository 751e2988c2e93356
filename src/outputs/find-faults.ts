import type { RowError } from '../domain/failures/failure.ts';
import type { Fault } from '../domain/measurements/benchmark-result.ts';
import type { FaultPattern } from '../domain/plans/command-output.ts';
import { printable } from '../domain/values/untrusted.ts';
import type { Match } from './match-pattern.ts';
import type { OutputReader } from './output-reader.ts';
import { shown } from './shown.ts';

const MAX_TEXT_LENGTH = 120;
const MAX_FAULTS = 64;

/** The faults that the patterns find, at most one for each device and pattern, and the first error. */
export function findFaults(
  patterns: readonly FaultPattern[],
  texts: readonly string[],
  reader: OutputReader
): { faults: Fault[]; error: RowError | null } {
  const faults = new Map<string, Fault>();
  let error: RowError | null = null;
  for (const { pattern, says, verdict } of patterns) {
    for (const text of texts) {
      for (const found of reader.match(pattern, text, 'all')) {
        const words = printable(lineOf(found, text), MAX_TEXT_LENGTH);
        if (verdict === 'error') error ??= { type: 'BenchmarkCrashed', message: `${says}: "${words}"` };
        else {
          const name = found.named['device']?.text;
          const device = name === undefined ? null : reader.devices.numberOf(name);
          const key = JSON.stringify([pattern, device]);
          if (faults.size < MAX_FAULTS && !faults.has(key)) faults.set(key, { says, device, text: words });
        }
      }
    }
  }
  return { faults: [...faults.values()], error };
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

/** The line of a match: a progress line may end with a carriage return. */
function lineOf({ whole }: Match, text: string): string {
  const begin = Math.max(text.lastIndexOf('\n', whole.start), text.lastIndexOf('\r', whole.start)) + 1;
  const rest = /[\r\n]/.exec(text.slice(whole.end));
  const line = text.slice(Math.min(begin, whole.start), rest === null ? text.length : whole.end + rest.index);
  return line.length <= MAX_TEXT_LENGTH * 4 ? line : whole.text;
}

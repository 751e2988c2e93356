import type { RowError } from '../domain/failures/failure.ts';
import type { Fault } from '../domain/measurements/benchmark-result.ts';
import type { FaultPattern } from '../domain/plans/command-output.ts';
import { printable } from '../domain/values/untrusted.ts';
import type { Match } from './match-pattern.ts';
import type { OutputReader } from './output-reader.ts';
import { shown } from './shown.ts';

const MAX_TEXT_LENGTH = 120;
const MAX_FAULTS = 64;
const MAX_CONTEXT = 200;

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
        if (verdict === 'error') {
          error ??= {
            type: 'BenchmarkCrashed',
            message: `${says}: "${printable(lineOf(found, text), MAX_TEXT_LENGTH)}"`,
          };
          break;
        }
        const name = found.named['device']?.text;
        const device = name === undefined ? null : reader.devices.numberOf(name);
        const key = JSON.stringify([pattern, device]);
        if (faults.has(key)) continue;
        faults.set(key, { says, device, text: printable(lineOf(found, text), MAX_TEXT_LENGTH) });
        if (faults.size === MAX_FAULTS) return { faults: [...faults.values()], error };
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

/** The line of a match, or its part near the match: a progress line may end with a carriage return, or be very long. */
function lineOf({ whole: { start, end } }: Match, text: string): string {
  const before = text
    .slice(Math.max(0, start - MAX_CONTEXT), start)
    .split(/[\r\n]/)
    .at(-1)!;
  const after = text.slice(end, end + MAX_CONTEXT).split(/[\r\n]/, 1)[0]!;
  return before + text.slice(start, Math.min(end, start + MAX_CONTEXT)) + after;
}

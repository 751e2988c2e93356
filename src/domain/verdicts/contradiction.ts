import type { RowError } from '../failures/failure.ts';
import type { Measurement } from '../measurements/measurement.ts';
import { distinguishable } from '../values/numbers.ts';
import type { Limit } from './expectation.ts';
import type { Shortfall } from './server-row.ts';
import { deviceText } from './shortfalls.ts';

/**
 * `6 samples of cpu.events_per_second contradict each other: from 330 to 560 events/s, on both sides of the limit >= 369
 * (median 451)`
 */
export function contradictionOf(
  { metric, device, samples, value, unit }: Measurement,
  { comparison, expected }: Limit,
  { address }: Pick<Shortfall, 'address'>
): RowError {
  const [lowest, limitAbove] = distinguishable(Math.min(...samples), expected);
  const [highest, limitBelow] = distinguishable(Math.max(...samples), expected);
  const limit = limitAbove.length > limitBelow.length ? limitAbove : limitBelow;
  const name = device === null ? metric : `${metric} of ${deviceText(device, address)}`;
  const range = `from ${lowest} to ${highest} ${unit}, on both sides of the limit ${comparison} ${limit}`;
  const message = `${samples.length} samples of ${name} contradict each other: ${range} (median ${distinguishable(value, expected)[0]})`;
  return { type: 'Inconclusive', message };
}

/** The note about a benchmark that is repeated. Its error may then be about the samples of both measurements. */
export function measuredAgainNote(benchmark: string, { message }: RowError): string {
  const why = /^\d+ samples of /.test(message) ? `the first ${message}` : message;
  return `${benchmark} was measured again: ${why}`;
}

import type { RowError } from '../failures/failure.ts';
import type { Evidence } from './evidence.ts';
import type { MeasuredDevice, Measurement } from './measurement.ts';

/** What came of running one benchmark, before it is judged. */
export interface BenchmarkOutcome {
  measurements: Measurement[];
  /** Which devices they are about. Left out by earlier versions, as `notCounted`. */
  devices?: readonly MeasuredDevice[];
  /** What is listed among them and counts for none. */
  notCounted?: readonly string[];
  /** What kept it from being measured, or from being measured as a whole: a device that should be there and is not. */
  error: RowError | null;
  tool: string | null;
  seconds: number | null;
  /** Of each sample, in the order in which they were taken; null where the server told nothing. */
  evidence?: readonly (Evidence | null)[];
}

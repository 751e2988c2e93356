import type { RowError } from '../failures/failure.ts';
import type { Evidence } from './evidence.ts';
import type { MeasuredDevice, Measurement } from './measurement.ts';

/** What running one benchmark gave, before it is judged. An activity gives all of it; earlier versions left fields out. */
export interface BenchmarkResult {
  measurements: Measurement[];
  /** The devices of the measurements. */
  devices?: readonly MeasuredDevice[];
  /** Names of listed devices that are not measured. */
  notCounted?: readonly string[];
  /** Why it was not measured, or not as a whole: a device that should be there is missing. */
  error: RowError | null;
  tool: string | null;
  seconds: number | null;
  /** Of each sample, in the order in which they were taken; null if the server told nothing. */
  evidence?: readonly (Evidence | null)[];
  /** The job that measured it. */
  jobId?: string;
  toolVersion?: string | null;
  /** Output of the tool, head and tail if it is long. Untrusted text. */
  raw?: string;
}

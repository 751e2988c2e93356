import type { RowError } from '../failures/failure.ts';
import type { Evidence } from './evidence.ts';
import type { MeasuredDevice, Measurement } from './measurement.ts';

/** The result of one benchmark before it is judged. Results of earlier versions lack the optional fields. */
export interface BenchmarkResult {
  measurements: Measurement[];
  /** The devices of the measurements. */
  devices?: readonly MeasuredDevice[];
  /** Names of listed devices that are not measured. */
  notCounted?: readonly string[];
  /** Signs of broken hardware in its output; undefined: none. */
  faults?: readonly Fault[];
  /** Why it was not measured, or only in part: for example, a device is missing. */
  error: RowError | null;
  tool: string | null;
  seconds: number | null;
  /** For each sample, in the order in which they were taken; null if the server reported nothing. */
  evidence?: readonly (Evidence | null)[];
  /** The job that measured it. */
  jobId?: string;
  toolVersion?: string | null;
  /** Output of the tool; only head and tail if it is long. Untrusted text. */
  raw?: string;
}

/** What a failed benchmark has beside its error: the first detail of the failure of its activity. */
export type FailureDetails = Required<Pick<BenchmarkResult, 'raw'>>;

/** The tool says that results are wrong, or that a device is broken. */
export interface Fault {
  /** What it means: `wrong results`. */
  says: string;
  device: number | null;
  /** The words of the tool. Untrusted text. */
  text: string;
}

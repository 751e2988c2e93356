import type { RowError } from '../failures/failure.ts';
import type { MachineFacts } from '../servers/machine.ts';
import type { Readiness } from '../checks/readiness.ts';
import type { MeasuredDevice, Measurement } from '../measurements/measurement.ts';
import type { RowEvidence } from '../measurements/evidence.ts';
import type { Limit } from './expectation.ts';
import type { BenchmarkVerdict, Verdict } from './verdict.ts';

/** A measured number that does not reach its expectation. */
export interface Shortfall {
  metric: string;
  device: number | null;
  measured: number;
  comparison: '>=' | '<=';
  expected: number;
  unit: string;
  /** Set if the metric is a count, as in {@link RowMeasurement}. */
  exact?: true;
  /** PCI address of the device, if known; the name of one that has no number. */
  address?: string;
  /** For a fault that the tool reported: what it means, and its own words. Untrusted text. */
  says?: string;
}

/** A device with measurements. */
export interface RowDevice {
  /** The index of the device, as in its measurements. */
  device: number;
  /** PCI address; null: unknown. */
  address: string | null;
  uuid: string | null;
  name: string;
}

/** A measurement as in a report: the median, the number of samples and their spread. */
export interface RowMeasurement {
  metric: string;
  device: number | null;
  value: number;
  unit: string;
  samples: number;
  spread: number;
  /** Set where lower values are better. */
  better?: 'lower';
  /** Set for a count in any unit; missing from earlier versions. */
  exact?: true;
}

/** What was expected of a measured metric. */
export interface MetricLimit extends Limit {
  metric: string;
}

export interface BenchmarkRow {
  benchmark: string;
  verdict: BenchmarkVerdict;
  /** One line: why it is not a plain pass. Null if `error` has the message. */
  reason: string | null;
  error: RowError | null;
  tool: string | null;
  seconds: number | null;
  measurements: RowMeasurement[];
  shortfalls: Shortfall[];
  /** The devices of the measurements; undefined if there are none. */
  devices?: RowDevice[];
  /** The limits of the measured metrics; undefined if nothing is expected of them, and in rows of earlier versions. */
  limits?: MetricLimit[];
  evidence: RowEvidence | null;
}

/** The result of one server. Every requested server has exactly one row in the report of a run. */
export interface ServerRow {
  serverId: string;
  hardwareClass: string | null;
  /** The rule that chose the class: `server`, `group gpu`, `detected`, `near miss`, `default`; null: unknown. */
  classBy: string | null;
  machine: MachineFacts | null;
  /** Equal for two ids of one machine: 16 hexadecimal digits; the first half depends only on its host key. Null: unknown. */
  identity: string | null;
  verdict: Verdict;
  /** Null if `error` has the message. */
  reason: string | null;
  /** Why the server could not be judged. For an error of a benchmark only type and name: its row has the message. */
  error: RowError | null;
  /** ISO 8601; null: never started. */
  startedAt: string | null;
  seconds: number | null;
  benchmarks: BenchmarkRow[];
  /** Lines that do not change the verdict, for example about other work. */
  notes: string[];
  /** The result of a check; null: not a check, or not reached. */
  readiness: Readiness | null;
  /** Run id of its own workflow, `server/<serverId>`, which has the full record; null if there was none. */
  temporalRunId: string | null;
  truncated: Truncation | null;
}

/** The parts that were truncated from a row of a large run, and the workflow that has them. */
export interface Truncation {
  /** `evidence`, `measurements of links` */
  parts: string[];
  workflowId: string;
}

/** Of a row that nothing was truncated from, before its workflow adds its run id. */
export const complete = { temporalRunId: null, truncated: null };

/** The row of a server without measurements. */
export function unmeasuredRow(serverId: string, verdict: Verdict, error: RowError | null, reason?: string): ServerRow {
  const unknown = { hardwareClass: null, classBy: null, machine: null, identity: null };
  const nothing = { startedAt: null, seconds: null, benchmarks: [], notes: [], readiness: null };
  const explanation = reason ?? error?.message ?? null;
  return { serverId, ...unknown, verdict, reason: explanation, error, ...nothing, ...complete };
}

/** The row of a server that could not be prepared. The second id of a machine is left out, as one with the same address. */
export function unpreparedRow(serverId: string, error: RowError): ServerRow {
  if (error.type === 'SameMachine') return unmeasuredRow(serverId, 'skip', null, error.message);
  return unmeasuredRow(serverId, error.type === 'ServerBusy' ? 'busy' : 'error', error);
}

/** Turns `measured` or `skip` into an error; other verdicts stay, with the message in a note. */
export function withError(row: ServerRow, error: RowError): ServerRow {
  if (row.verdict !== 'measured' && row.verdict !== 'skip') return { ...row, notes: [...row.notes, error.message] };
  return { ...row, verdict: 'error', reason: error.message, error };
}

/**
 * The details of the ApplicationFailure that ends a server's workflow: its complete row, as plain JSON. A cycle or a BigInt
 * in failure details would crash the worker.
 */
export function failureDetails(row: ServerRow): [ServerRow] {
  return [JSON.parse(JSON.stringify(row)) as ServerRow];
}

export function rowDevice({ device, address, uuid, name: called }: MeasuredDevice): RowDevice {
  return { device, address, uuid, name: called };
}

export function rowMeasurement(measurement: Measurement): RowMeasurement {
  const { metric, device, value, unit, better, exact, samples, spread } = measurement;
  const numbers = { samples: samples.length, spread: Math.round(spread * 1000) / 1000 };
  return { metric, device, value, unit, ...numbers, ...(better === 'lower' && { better }), ...(exact && { exact }) };
}

import type { RowError } from './failure.ts';
import type { BenchmarkVerdict, Verdict } from './verdict.ts';

/** A measured number that misses what was expected of it. */
export interface Shortfall {
  metric: string;
  device: number | null;
  measured: number;
  comparison: '>=' | '<=';
  expected: number;
  unit: string;
}

/** A measurement as a report shows it: the median, how many samples are behind it and how far apart they are. */
export interface RowMeasurement {
  metric: string;
  device: number | null;
  value: number;
  unit: string;
  samples: number;
  spread: number;
}

export interface BenchmarkRow {
  benchmark: string;
  verdict: BenchmarkVerdict;
  /** One line for people: why it is not a plain pass. */
  reason: string | null;
  error: RowError | null;
  tool: string | null;
  seconds: number | null;
  measurements: RowMeasurement[];
  shortfalls: Shortfall[];
}

/** What became of one server. Every requested server has exactly one row in the report of a run. */
export interface ServerRow {
  serverId: string;
  hardwareClass: string | null;
  verdict: Verdict;
  reason: string | null;
  error: RowError | null;
  /** ISO 8601; null if it was never started. */
  startedAt: string | null;
  seconds: number | null;
  benchmarks: BenchmarkRow[];
}

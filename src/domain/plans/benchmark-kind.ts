import type { ToolMetric } from '../measurements/measurement.ts';

/** What its tools say of a benchmark that has some; every other one is a command of the user's own. */
export interface BenchmarkKind {
  benchmark: string;
  /** It runs where the configuration names no benchmarks. */
  byDefault: boolean;
  /** It measures GPUs: a server without one skips it, unless a metric of it is expected. */
  needsGpus: boolean;
  /** The timeout of a sample is at least this, where the configuration has none. */
  minTimeoutMs: number;
  metrics: ToolMetric[];
}

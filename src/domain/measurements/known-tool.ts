import type { Metric } from './measurement.ts';

/** A program that measures a benchmark, and what a server needs for it. */
export interface KnownTool {
  benchmark: string;
  tool: string;
  /** Whether it can be told how long a sample takes. */
  timed: boolean;
  /** Programs that must be on the PATH. */
  executables: string[];
  /** Packages that bring them, by package manager. */
  packages: Readonly<Record<string, string>>;
  /** `exact`: a count. */
  metrics: (Metric & { exact?: true })[];
}

/** A metric of a tool, `sysbench`: never below zero. */
export interface ToolMetric extends Metric {
  tool: string;
}

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

import type { Metric } from './measurement.ts';

/** A program that measures a benchmark, and what a server needs for it. */
export interface KnownTool {
  benchmark: string;
  tool: string;
  /** The duration of a sample can be set. */
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

/** A benchmark that has tools; every other one is a user-defined command. */
export interface BenchmarkKind {
  benchmark: string;
  /** It runs if the configuration names no benchmarks. */
  byDefault: boolean;
  /** A server without a GPU skips it, unless a metric of it is expected. */
  needsGpus: boolean;
  /** Minimum of the default timeout of a sample. */
  minTimeoutMs: number;
  metrics: ToolMetric[];
}

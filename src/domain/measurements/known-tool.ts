import type { Metric } from './measurement.ts';

/** A program that measures a benchmark, and what a server needs to run it. */
export interface KnownTool {
  benchmark: string;
  tool: string;
  /** Whether the duration of a sample can be set. */
  timed: boolean;
  /** Programs that must be on the PATH. */
  executables: string[];
  /** Packages that contain them, by package manager. */
  packages: Readonly<Record<string, string>>;
  metrics: Metric[];
}

/** A metric of a tool, for example of `sysbench`; never below zero. */
export interface ToolMetric extends Metric {
  tool: string;
}

/** A benchmark that has tools; all others are user-defined commands. */
export interface BenchmarkKind {
  benchmark: string;
  /** Whether it runs if the configuration names no benchmarks. */
  byDefault: boolean;
  /** Whether a server without a GPU skips it, unless one of its metrics is expected. */
  needsGpus: boolean;
  /** Minimum of the default timeout of a sample. */
  minTimeoutMs: number;
  metrics: ToolMetric[];
}

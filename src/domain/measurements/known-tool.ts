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

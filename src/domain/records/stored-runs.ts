import type { FleetReport } from '../reports/fleet-report.ts';
import type { VerdictCounts } from '../verdicts/verdict.ts';
import type { RunKey } from './records.ts';

/** A run in a list. */
export interface ListedRun extends RunKey {
  /** ISO 8601 */
  startedAt: string;
  /** Null: it has not ended, or nothing of its end is known. */
  endedAt: string | null;
  seconds: number | null;
  isCancelled: boolean;
  note: string | null;
  schedule: string | null;
  /** The run whose servers it tries again; null: none, or it has not ended. */
  retryOf: string | null;
  /** Null: not known yet. */
  requested: number | null;
  /** Of the servers that have ended. */
  counts: VerdictCounts;
}

/** Which runs to list, the last ones first. */
export interface RunFilter {
  limit: number;
  /** ISO 8601; null: all. */
  since: string | null;
  /** Only runs with a failure or an error. */
  failed: boolean;
}

/** Of which servers, measured by which benchmarks, to read how long they took. */
export interface DurationFilter {
  serverIds: readonly string[];
  benchmarks: readonly string[];
}

/** The report of a run. If it has not ended, its other servers are `not_reached`. */
export interface StoredReport {
  report: FleetReport;
  /** False: still running, or it ended without its end being recorded. */
  hasEnded: boolean;
  /** The schedule that started it. */
  schedule: string | null;
}

/** Characters of one output, and of all outputs. */
export interface OutputLimits {
  maxOutput: number;
  maxAll: number;
}

/** What a tool printed. */
export interface StoredOutput {
  serverId: string;
  benchmark: string;
  tool: string | null;
  toolVersion: string | null;
  /** Null: beyond the limit, or damaged. */
  text: string | null;
}

/** What the report of a run does not contain. */
export interface StoredRecords {
  samples: { serverId: string; metric: string; device: number | null; samples: number[] }[];
  outputs: StoredOutput[];
}

import type { ActionClaim } from '../actions/claims.ts';
import type { BenchmarkResult } from '../measurements/benchmark-result.ts';
import type { Measurement } from '../measurements/measurement.ts';
import type { FleetReport } from '../reports/fleet-report.ts';
import type { Expectations } from '../verdicts/expectation.ts';
import type { ServerRow } from '../verdicts/server-row.ts';
import type { ActionsStore } from './action-records.ts';

/** Identifies a run in the results store: a workflow id can be used again. */
export interface RunKey {
  /** The workflow id of the run. */
  run: string;
  temporalRunId: string;
}

/** What is known at the start of a run. */
export interface RunStart extends RunKey {
  /** ISO 8601 */
  startedAt: string;
  /** The Temporal schedule that started it; null: none. */
  schedule: string | null;
  note: string | null;
  /** In the order of the report. */
  serverIds: readonly string[];
}

/** The complete result of one server, from its own workflow. */
export interface ServerRecord extends RunKey {
  runStartedAt: string;
  row: ServerRow;
  benchmarks: BenchmarkRecord[];
}

/** One benchmark of a server: what was judged, by what, and what it is based on. */
export interface BenchmarkRecord {
  benchmark: string;
  expected: Expectations;
  measurements: Measurement[];
  /** One for each time that it was measured. */
  results: Pick<BenchmarkResult, 'tool' | 'toolVersion' | 'jobId' | 'seconds' | 'error' | 'evidence' | 'raw'>[];
}

/** The end of a run. */
export interface RunRecord extends Omit<RunStart, 'note'> {
  report: Omit<FleetReport, 'servers'>;
  isCancelled: boolean;
  /** The rows that no workflow of a server has recorded, or that the run has changed. */
  rows: ServerRow[];
  /** How the actions of the run ended, and when; undefined: none has been called yet. */
  actions?: { claims: ActionClaim[]; endedAt: string };
}

/** A results store that may be configured, or be away. */
export interface Results extends ResultsWriter, ActionsStore {
  /** Whether there is one. */
  isConfigured(): Promise<boolean>;
}

/** Keeps the results of runs. A repeated call changes nothing, and calls may come in any order. */
export interface ResultsWriter {
  startRun(start: RunStart): Promise<void>;
  recordServer(record: ServerRecord): Promise<void>;
  /** Resolves to the servers of the run that have no row yet. */
  recordRun(record: RunRecord): Promise<string[]>;
}

import type { Generated } from 'kysely';

/** The tables of the results store; docs/results.md documents them. */
export interface Tables {
  runs: RunsTable;
  servers: ServersTable;
  measurements: MeasurementsTable;
  outputs: OutputsTable;
  actions: ActionsTable;
  action_holds: ActionHoldsTable;
}

/** A column of JSON: text, exactly as it was written. */
type Json = string;

interface RunsTable {
  id: Generated<number>;
  run: string;
  temporal_run_id: string;
  started_at: string;
  /** Null: not known to have ended. */
  ended_at: string | null;
  is_cancelled: number | null;
  seconds: number | null;
  note: string | null;
  schedule: string | null;
  requested: number | null;
  pass: number | null;
  fail: number | null;
  error: number | null;
  measured: number | null;
  skip: number | null;
  busy: number | null;
  cancelled: number | null;
  not_reached: number | null;
  /** The ids of its servers, in the order of the report. */
  server_ids: Json | null;
  /** The report without its rows. */
  report: Json | null;
}

interface ServersTable {
  run_id: number;
  server_id: string;
  verdict: string;
  reason: string | null;
  error_type: string | null;
  hardware_class: string | null;
  started_at: string | null;
  seconds: number | null;
  identity: string | null;
  system: string | null;
  cpu_model: string | null;
  cpus: number | null;
  memory_mib: number | null;
  gpus: number | null;
  /** 1: the run has confirmed the row, or changed it. */
  is_final: number;
  /** The row of the report; null: not yet written, within a transaction. */
  report_row: Json | null;
}

interface MeasurementsTable {
  run_id: number;
  server_id: string;
  position: number;
  benchmark: string;
  metric: string;
  device: number | null;
  device_address: string | null;
  device_uuid: string | null;
  unit: string;
  better: string;
  median: number | null;
  spread: number | null;
  /** The limits that it was judged by; null: none. */
  limit_min: number | null;
  limit_max: number | null;
  /** The numbers, in the order in which they were measured. */
  samples: Json;
}

interface OutputsTable {
  run_id: number;
  server_id: string;
  position: number;
  benchmark: string;
  tool: string | null;
  tool_version: string | null;
  job_id: string | null;
  seconds: number | null;
  error_type: string | null;
  /** For each sample, the activity of the machine. */
  evidence: Json | null;
  /** Compressed with gzip. */
  output: Uint8Array | null;
}

interface ActionsTable {
  run_id: number;
  action: string;
  server_id: string;
  change: string;
  state: string;
  message: string | null;
  claimed_at: string;
  /** Null: it has not ended. */
  ended_at: string | null;
}

/** Without a reference to a run: it stays when old runs are removed. */
interface ActionHoldsTable {
  action: string;
  server_id: string;
  verdict: string;
  hardware_class: string | null;
  benchmarks: Json;
  temporal_run_id: string;
  since: string;
}

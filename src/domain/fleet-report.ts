import { sizeOf } from './bounded-row.ts';
import type { ServerRow } from './server-row.ts';
import { countVerdicts } from './verdict.ts';
import type { VerdictCounts } from './verdict.ts';

/** The result of `benchmarkFleet`, and what `--json` prints: one row for every requested server. */
export interface FleetReport {
  schemaVersion: 1;
  /** The workflow id of the run. */
  run: string;
  temporalRunId: string;
  note: string | null;
  startedAt: string;
  seconds: number;
  requested: number;
  counts: VerdictCounts;
  /** Measured, and short: these are the slow ones. */
  failed: string[];
  /** Could not be judged. */
  errored: string[];
  /** In the order of the inventory. */
  servers: ServerRow[];
}

export type RunFacts = Pick<FleetReport, 'run' | 'temporalRunId' | 'note' | 'startedAt' | 'seconds'>;

/** Puts the rows of a run together; the counts of all verdicts add up to the number of rows. */
export function aggregate(run: RunFacts, servers: readonly ServerRow[]): FleetReport {
  const idsOf = (verdict: string): string[] =>
    servers.filter((row) => row.verdict === verdict).map((row) => row.serverId);
  return {
    schemaVersion: 1,
    ...run,
    requested: servers.length,
    counts: countVerdicts(servers.map((row) => row.verdict)),
    failed: idsOf('fail'),
    errored: idsOf('error'),
    servers: fitting(servers),
  };
}

/** A workflow result of 2 MiB ends the run with nothing, so a large report leaves its measurements out, and says so. */
const MEASUREMENTS_LIMIT = 1_500_000;

function fitting(servers: readonly ServerRow[]): ServerRow[] {
  if (sizeOf(servers) <= MEASUREMENTS_LIMIT) return [...servers];
  return servers.map((row) => ({
    ...row,
    reason: row.reason ?? 'measurements left out of a large report; see the workflow of this server',
    benchmarks: row.benchmarks.map((benchmark) => ({ ...benchmark, measurements: [] })),
  }));
}

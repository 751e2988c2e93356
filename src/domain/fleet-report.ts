import { boundedRow, sizeOf } from './bounded-row.ts';
import type { RunSelection } from './plan.ts';
import type { ServerRow } from './server-row.ts';
import { countVerdicts } from './verdict.ts';
import type { VerdictCounts } from './verdict.ts';

/** The result of `benchmarkFleet`, and what `--json` prints: one row for every requested server. */
export interface FleetReport {
  schemaVersion: 1;
  /** The workflow id of the run. */
  run: string;
  temporalRunId: string;
  /** The servers were checked, and nothing was measured; left out of every other run. */
  checkOnly?: true;
  note: string | null;
  /** Not in a report of before there were samples, nor of a server that was started by itself. */
  selection?: RunSelection;
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

export type RunFacts = Pick<
  FleetReport,
  'run' | 'temporalRunId' | 'checkOnly' | 'note' | 'selection' | 'startedAt' | 'seconds'
>;

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
    servers: [...servers],
  };
}

/** Bytes of all rows. A workflow result of 2 MiB ends the run with nothing, and the ids of those that fell short come on top. */
const REPORT_LIMIT = 1_650_000;

const SHORTENED = 'shortened for a large report; the workflow of this server has the rest';

/** Some of its rows are not all that the run knew. */
export function isShortened({ servers }: FleetReport): boolean {
  return servers.some(({ notes }) => notes.includes(SHORTENED));
}

/** A report that a workflow can end with: its rows as they are, or each within its share where they are too many. */
export function fitted(report: FleetReport): FleetReport {
  const room = REPORT_LIMIT - sizeOf(report.selection ?? null);
  if (sizeOf(report.servers) <= room) return report;
  const share = Math.floor(room / report.servers.length) - sizeOf(SHORTENED);
  const servers = report.servers.map((row) => {
    const bounded = boundedRow(row, share);
    return bounded === row ? row : { ...bounded, notes: [...bounded.notes, SHORTENED] };
  });
  return { ...report, servers };
}

import type { ActionResult } from '../actions/results.ts';
import { sizeOf } from '../values/json-value.ts';
import type { RunSelection, RunSettings } from '../plans/plan.ts';
import { withSameMachines } from './same-machine.ts';
import { withoutDuplicateMessages } from './duplicate-messages.ts';
import type { ServerRow } from '../verdicts/server-row.ts';
import { MAX_ROW_BYTES, truncateRow } from './truncate-row.ts';
import { countVerdicts, unjudged, type VerdictCounts } from '../verdicts/verdict.ts';

/** The result of `benchmarkFleet`, and the output of `--json`: one row for every requested server. */
export interface FleetReport {
  schemaVersion: 1;
  /** The workflow id of the run. */
  run: string;
  temporalRunId: string;
  /** Set for a check; missing from all other runs. */
  checkOnly?: true;
  /** Set for a run that has not ended, in a report from the results store; missing from all other reports. */
  unfinished?: true;
  note: string | null;
  /** Missing from earlier versions, and from the report of a single `benchmarkServer`. */
  selection?: RunSelection;
  /** Missing from the same reports. */
  settings?: RunSettings;
  /** The workflow id of the run whose servers this one tries again. */
  retryOf?: string;
  startedAt: string;
  seconds: number;
  requested: number;
  counts: VerdictCounts;
  failed: string[];
  errored: string[];
  /** What actions did about servers; undefined: nothing. */
  actions?: ActionResult[];
  /** In the order of the inventory. */
  servers: ServerRow[];
}

export type RunFacts = Pick<
  FleetReport,
  | 'run'
  | 'temporalRunId'
  | 'checkOnly'
  | 'unfinished'
  | 'note'
  | 'selection'
  | 'settings'
  | 'retryOf'
  | 'startedAt'
  | 'seconds'
>;

/** Builds the report from the rows of a run. The counts of all verdicts add up to the number of rows. */
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
    servers: servers.map(withoutDuplicateMessages),
  };
}

/** The servers that could not be judged, which alone make an exit code 3: errors first, then those that nothing was tried on. */
export function unjudgedServers({ servers }: Pick<FleetReport, 'servers'>): ServerRow[] {
  return unjudged.flatMap((verdict) => servers.filter((row) => row.verdict === verdict));
}

/** Maximum bytes of all rows. Temporal rejects a result above 2 MiB, which also contains the ids of the failed servers. */
const REPORT_LIMIT = 1_750_000;

/** A report with what actions did, before its servers. */
export function withActions({ servers, ...head }: FleetReport, actions: ActionResult[]): FleetReport {
  return { ...head, ...(actions.length > 0 && { actions }), servers };
}

/** Maximum bytes of all rows that servers return to the workflow of the run, whose history is limited to 50 MiB. */
const HANDED_OVER_LIMIT = 10_000_000;

/** Maximum size of a row that a server returns to the workflow of its run. */
export function handedOverBytes(servers: number): number {
  return Math.min(MAX_ROW_BYTES, Math.floor(HANDED_OVER_LIMIT / Math.max(1, servers)));
}

export function isTruncated({ servers }: FleetReport): boolean {
  return servers.some(({ truncated }) => truncated); // undefined in a report of an earlier version
}

/** A report that fits into a workflow result: if necessary, its largest rows are truncated to the same size. */
export function truncateReport(report: FleetReport): FleetReport {
  const room = REPORT_LIMIT - sizeOf(report.selection ?? null) - sizeOf(report.actions ?? null);
  const limit = commonLimit(report.servers.map(sizeOf), room);
  return { ...report, servers: report.servers.map((row) => truncateRow(row, limit)) };
}

/** The size limit for all rows that keeps their sum within `room`: small rows leave more for large ones. */
function commonLimit(sizes: readonly number[], room: number): number {
  let left = room;
  for (const [index, size] of [...sizes].sort((a, b) => a - b).entries()) {
    const share = Math.floor(left / (sizes.length - index));
    if (size > share) return share;
    left -= size;
  }
  return Infinity;
}

/**
 * The report of a large run as it was before {@link truncateReport}. Unchanged if nothing was truncated, or if not all
 * rows are known.
 * @param known - rows of the progress query, in any order
 */
export function withWholeRows(report: FleetReport, known: readonly ServerRow[]): FleetReport {
  if (!isTruncated(report)) return report;
  const byId = new Map(known.map((row) => [row.serverId, row]));
  const rows = report.servers.map(({ serverId }) => byId.get(serverId));
  if (!rows.every((row) => row !== undefined)) return report;
  return aggregate(report, withSameMachines(rows));
}

import { unmeasuredRow, type ServerRow } from '../verdicts/server-row.ts';
import { aggregate, type FleetReport, type RunFacts } from './fleet-report.ts';

/** The progress of a run: the answer of `benchmarkFleet` to the `progress` query. */
export interface FleetProgress {
  /** Null until the run has planned its servers. */
  requested: number | null;
  running: RunningServer[];
  /** Number of servers that have ended, including those without a final verdict. */
  ended: number;
  /** A page of the rows with a final verdict, in the order in which they became final, from the offset in the query. */
  rows: ServerRow[];
  /** Truncated rows of servers that have ended without a final verdict; undefined if there are none. */
  provisional?: ServerRow[];
  /** All servers of the run, in the order of the inventory; only if the query asks for them. */
  serverIds?: string[];
  /** How they are measured, with their ids; undefined: they are only checked, or the worker is of an earlier version. */
  settings?: { benchmarks: string[]; maxParallel: number };
  /** Since when it, or one of its servers, waits for the results store, ISO 8601; undefined: none does. */
  storingSince?: string;
  /** Since when it waits for its actions, ISO 8601; undefined: it does not. */
  actingSince?: string;
}

export interface RunningServer {
  serverId: string;
  /** ISO 8601 */
  since: string;
}

/** What a client knows about a run that it no longer follows. */
export interface KnownServers extends Pick<FleetProgress, 'rows' | 'provisional'> {
  /** All servers of the run, in the order of the inventory; null: unknown. */
  serverIds: readonly string[] | null;
  running: readonly string[];
}

const PROVISIONAL = 'provisional: another server, possibly the same machine, was still being measured';

/** A report with a row for every server of a run that has not ended; null if no server is known. */
export function partialReport(run: RunFacts, known: KnownServers): FleetReport | null {
  const { serverIds, running, rows, provisional = [] } = known;
  const noted = provisional.map((row) => ({ ...row, notes: [PROVISIONAL, ...row.notes] }));
  const ended = new Map([...noted, ...rows].map((row) => [row.serverId, row]));
  const started = new Set(running);
  const ids = serverIds ?? [...new Set([...ended.keys(), ...started])];
  if (ids.length === 0) return null;
  const left = (serverId: string): ServerRow =>
    started.has(serverId)
      ? unmeasuredRow(serverId, 'cancelled', null, 'not known to have stopped')
      : unmeasuredRow(serverId, 'not_reached', null, 'not known to have started');
  return aggregate(
    run,
    ids.map((serverId) => ended.get(serverId) ?? left(serverId))
  );
}

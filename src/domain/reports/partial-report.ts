import { aggregate } from './fleet-report.ts';
import type { FleetReport, RunFacts } from './fleet-report.ts';
import { unmeasuredRow } from '../verdicts/server-row.ts';
import type { ServerRow } from '../verdicts/server-row.ts';

/** What is known of a run that goes on, by one who no longer follows it. */
export interface KnownServers {
  /** All servers of the run, in the order of the inventory; null: unknown. */
  serverIds: readonly string[] | null;
  /** Those that have begun and not ended. */
  running: readonly string[];
  /** Of those that have ended. */
  rows: readonly ServerRow[];
  /** Of those that have ended and whose verdict may still have changed. */
  provisional?: readonly ServerRow[];
}

const PROVISIONAL = 'provisional: what was measured at the same time, maybe on the same machine, had not ended';

/** A report with a row for every server of a run whose end is not waited for; null if no server is known. */
export function partialReport(run: RunFacts, known: KnownServers): FleetReport | null {
  const { serverIds, running, rows, provisional = [] } = known;
  const noted = provisional.map((row) => ({ ...row, notes: [PROVISIONAL, ...row.notes] }));
  const ended = new Map([...noted, ...rows].map((row) => [row.serverId, row]));
  const begun = new Set(running);
  const ids = serverIds ?? [...new Set([...ended.keys(), ...begun])];
  if (ids.length === 0) return null;
  const left = (serverId: string): ServerRow =>
    begun.has(serverId)
      ? unmeasuredRow(serverId, 'cancelled', null, 'not known to have stopped')
      : unmeasuredRow(serverId, 'not_reached', null, 'not known to have begun');
  return aggregate(
    run,
    ids.map((serverId) => ended.get(serverId) ?? left(serverId))
  );
}

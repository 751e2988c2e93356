import type { FleetInput } from '../plans/plan.ts';
import { aggregate, type FleetReport } from '../reports/fleet-report.ts';
import { printable } from '../values/untrusted.ts';
import { unmeasuredRow } from '../verdicts/server-row.ts';
import { unjudged, type Verdict } from '../verdicts/verdict.ts';

/** The verdicts that another try can change. */
export const RETRIED: readonly Verdict[] = ['fail', ...unjudged];

/** A note has at most 200 characters. */
const MAX_SHOWN_ID = 150;

/** The servers of a run with these verdicts. */
export function serversToRetry({ servers }: FleetReport, only: readonly Verdict[]): string[] {
  return servers.filter(({ verdict }) => only.includes(verdict)).map(({ serverId }) => serverId);
}

/**
 * The input of a run that measures servers of an earlier run as that one did. A report of an earlier version does not say how:
 * then all configured benchmarks run.
 * @param note - undefined: it names the earlier run
 */
export function retryInput({ run, settings }: FleetReport, serverIds: readonly string[], note?: string): FleetInput {
  return {
    limit: serverIds.map((serverId) => `=${serverId}`), // not a group of that name
    ...settings,
    note: note ?? retryNote(run),
    retryOf: run,
  };
}

/**
 * The report of a retry that starts no run. It has no Temporal run id. Servers that are no longer configured are errors, so
 * that no format shows a success.
 * @param gone - ids of these servers
 */
export function reportWithoutRun(
  { run, settings }: FleetReport,
  gone: readonly string[],
  about: Pick<FleetReport, 'run' | 'startedAt'> & { note?: string | undefined }
): FleetReport {
  const error = { type: 'UnknownServer', message: 'it is no longer in the inventory' };
  const note = about.note ?? retryNote(run);
  const facts = { ...about, temporalRunId: '', note, ...(settings && { settings }), retryOf: run, seconds: 0 };
  return aggregate(
    facts,
    gone.map((serverId) => unmeasuredRow(serverId, 'error', error))
  );
}

/** Which run a report retries, for people; null: none, or its note says so. */
export function retryText(retryOf: string | null | undefined, note: string | null): string | null {
  if (retryOf === null || retryOf === undefined) return null;
  const text = retryNote(retryOf);
  return note?.includes(text) ? null : text;
}

function retryNote(run: string): string {
  return `retry of ${printable(run, MAX_SHOWN_ID)}`;
}

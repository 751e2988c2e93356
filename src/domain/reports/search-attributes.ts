import type { ServerRow } from '../verdicts/server-row.ts';
import type { Verdict, VerdictCounts } from '../verdicts/verdict.ts';
import type { FleetReport } from './fleet-report.ts';

/** The search attributes of runs and servers: columns and filters of the lists in the Temporal Web UI. */
export const searchAttributeTypes = {
  /** The workflow id of the run, also of its servers. */
  FleetmarkRun: 'KEYWORD',
  FleetmarkServer: 'KEYWORD',
  FleetmarkClass: 'KEYWORD',
  FleetmarkVerdict: 'KEYWORD',
  /** How many servers of a run have failed, and how many could not be judged. */
  FleetmarkFailed: 'INT',
  FleetmarkErrored: 'INT',
} as const;

export type SearchAttribute = keyof typeof searchAttributeTypes;

export type SearchAttributeValues = {
  [Name in SearchAttribute]?: (typeof searchAttributeTypes)[Name] extends 'INT' ? number : string;
};

/** The worst first. A run is no pass if one of its servers was not measured, except for those that need not be. */
const worstFirst: readonly Verdict[] = [
  ...(['fail', 'error', 'cancelled', 'not_reached', 'busy'] as const),
  ...(['pass', 'measured', 'skip'] as const),
];

/** The verdict of a run; null: it has no server. */
export function verdictOfRun(counts: VerdictCounts): Verdict | null {
  return worstFirst.find((each) => counts[each] > 0) ?? null;
}

/** @param requested - how many servers the run has: it has no verdict before all have one */
export function attributesOfRun(
  { run, counts, failed, errored, servers }: FleetReport,
  requested: number
): SearchAttributeValues {
  const verdict = servers.length < requested ? null : verdictOfRun(counts);
  const numbers = { FleetmarkFailed: failed.length, FleetmarkErrored: errored.length };
  return { FleetmarkRun: run, ...numbers, ...(verdict && { FleetmarkVerdict: verdict }) };
}

export function attributesOfServer({ verdict, hardwareClass }: ServerRow): SearchAttributeValues {
  return { FleetmarkVerdict: verdict, ...(hardwareClass !== null && { FleetmarkClass: hardwareClass }) };
}

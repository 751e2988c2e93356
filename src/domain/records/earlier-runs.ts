import type { RunSelection } from '../plans/plan.ts';
import type { FleetReport } from '../reports/fleet-report.ts';
import { changesSince, failuresInARow, type PreviousRun, type RunChanges } from '../reports/run-changes.ts';
import type { Verdict } from '../verdicts/verdict.ts';

/** Earlier runs of the same selection. */
export interface EarlierRuns {
  /** The latest one. */
  previous: PreviousRun;
  /** The verdicts in these runs of each server that fails now and failed in the latest one, the latest first. */
  verdicts: ReadonlyMap<string, readonly Verdict[]>;
}

/** More earlier runs are not read. */
export const MAX_EARLIER_RUNS = 100;

/** What is new in a run. A contract of `report --since-last --json`. */
export interface NewsOfRun extends Omit<RunChanges, 'stillFailing'> {
  schemaVersion: 1;
  run: string;
  temporalRunId: string;
  /** Null: there is no earlier run of the same selection. */
  previous: Pick<FleetReport, 'run' | 'temporalRunId' | 'startedAt'> | null;
  /** `runs`: in how many runs in a row it has failed. */
  stillFailing: { serverId: string; runs: number }[];
}

export function newsOf(report: FleetReport, earlier: EarlierRuns | null): NewsOfRun {
  const { run, temporalRunId } = report;
  const about = { schemaVersion: 1, run, temporalRunId } as const;
  const none: RunChanges = { newlyFailed: [], stillFailing: [], recovered: [], notJudged: [], added: [], missing: [] };
  if (earlier === null) return { ...about, previous: null, ...none, stillFailing: [] };
  const { previous, verdicts } = earlier;
  const { stillFailing, ...changes } = changesSince(report, previous);
  return {
    ...about,
    previous: { run: previous.run, temporalRunId: previous.temporalRunId, startedAt: previous.startedAt },
    ...changes,
    stillFailing: stillFailing.map((serverId) => ({ serverId, runs: failuresInARow(verdicts.get(serverId) ?? []) })),
  };
}

/** What tells of a run which servers it is about. */
export interface SelectedServers {
  selection: RunSelection | undefined;
  /** Null: unknown. */
  serverIds: readonly string[] | null;
}

/** The share of the larger one of two runs that both must have: an inventory changes by a few servers at a time. */
const MIN_SHARED = 0.5;

/**
 * Whether two runs without a schedule selected the same servers, or samples of the same servers. Two inventories can share a
 * results store: the same limit then selects other servers in each of them.
 */
export function isSameSelection(one: SelectedServers, other: SelectedServers): boolean {
  if (limitText(one) !== limitText(other)) return false;
  const [a, b] = [one.selection, other.selection];
  // Two samples of one inventory may share no server: of it, only the size is known.
  if (a && b && a.seed !== b.seed) return Math.min(a.of, b.of) >= MIN_SHARED * Math.max(a.of, b.of);
  if (one.serverIds === null || other.serverIds === null) return true;
  const ids = new Set(one.serverIds);
  const shared = other.serverIds.filter((serverId) => ids.has(serverId)).length;
  return shared >= MIN_SHARED * Math.max(ids.size, other.serverIds.length);
}

function limitText({ selection }: SelectedServers): string {
  return JSON.stringify([selection?.limit ?? null, selection?.sample ?? null]);
}

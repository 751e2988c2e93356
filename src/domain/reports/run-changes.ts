import { passesAgain } from '../verdicts/passes-again.ts';
import type { BenchmarkRow, ServerRow } from '../verdicts/server-row.ts';
import { isUnjudged, type Verdict } from '../verdicts/verdict.ts';
import type { FleetReport } from './fleet-report.ts';

/** The ids of servers whose state differs from that in an earlier run. */
export interface RunChanges {
  newlyFailed: string[];
  stillFailing: string[];
  recovered: string[];
  /** Judged before, not judged now. */
  notJudged: string[];
  added: string[];
  /** In the earlier run only. */
  missing: string[];
}

/** What a comparison needs of an earlier run. */
export interface PreviousRun extends Pick<FleetReport, 'run' | 'temporalRunId' | 'startedAt' | 'selection'> {
  servers: PreviousServer[];
}

export interface PreviousServer extends Pick<ServerRow, 'serverId' | 'verdict'> {
  /** Those of a server that failed; otherwise they may be missing. */
  benchmarks: readonly Pick<BenchmarkRow, 'benchmark' | 'verdict'>[];
}

/** What is new in a report since an earlier one of the same selection. */
export function changesSince(
  report: Pick<FleetReport, 'servers' | 'selection'>,
  previous: Pick<PreviousRun, 'servers' | 'selection'>
): RunChanges {
  const before = new Map(previous.servers.map((row) => [row.serverId, row]));
  const now = new Map(report.servers.map((row) => [row.serverId, row]));
  const idsOf = (is: (row: ServerRow, then: PreviousServer | undefined) => boolean): string[] =>
    [...now].flatMap(([id, row]) => (is(row, before.get(id)) ? [id] : []));
  // Two random samples have different servers.
  const isOtherSample = (report.selection?.seed ?? null) !== (previous.selection?.seed ?? null);
  return {
    newlyFailed: idsOf((row, then) => failed(row) && !failed(then)),
    stillFailing: idsOf((row, then) => failed(row) && failed(then)),
    recovered: idsOf((row, then) => failed(then) && hasRecovered(row, then!)),
    notJudged: idsOf((row, then) => isLost(row, then)),
    added: isOtherSample ? [] : idsOf((_, then) => then === undefined),
    missing: isOtherSample ? [] : [...before.keys()].filter((id) => !now.has(id)),
  };
}

/**
 * In how many runs in a row a server has failed, with the current one. Runs that did not judge it do not count, and end nothing.
 * @param earlier - its verdicts in earlier runs, the latest first
 */
export function failuresInARow(earlier: readonly Verdict[]): number {
  const judged = earlier.filter((verdict) => verdict === 'fail' || verdict === 'pass');
  const end = judged.indexOf('pass');
  return 1 + (end === -1 ? judged.length : end);
}

function failed(row: Pick<ServerRow, 'verdict'> | undefined): boolean {
  return row?.verdict === 'fail';
}

function hasRecovered(row: ServerRow, then: PreviousServer): boolean {
  const failing = then.benchmarks.filter(({ verdict }) => verdict === 'fail');
  return passesAgain(
    row,
    failing.map(({ benchmark }) => benchmark)
  );
}

/** A server that passed or failed, and that nothing was found out about now. */
function isLost(row: ServerRow, then: PreviousServer | undefined): boolean {
  if (failed(then)) return !failed(row) && !hasRecovered(row, then!);
  return then?.verdict === 'pass' && isUnjudged(row.verdict);
}

import type { Better } from '../measurements/measurement.ts';
import { signedRankP } from '../measurements/signed-rank.ts';
import { median } from '../measurements/statistics.ts';
import { grouped } from '../values/grouped.ts';
import { isUnjudged, type Verdict, type VerdictCounts } from '../verdicts/verdict.ts';
import type { RunKey } from './records.ts';
import { deviceKey, type StoredMeasurement } from './server-history.ts';

/** A run as a comparison names it. */
export interface ComparedRun extends RunKey {
  /** ISO 8601 */
  startedAt: string;
  hasEnded: boolean;
  note: string | null;
  counts: VerdictCounts;
}

/** What a comparison needs of a run. */
export interface ComparableRun {
  about: ComparedRun;
  servers: { serverId: string; verdict: Verdict; hardwareClass: string | null; reason: string | null }[];
  measurements: StoredMeasurement[];
}

/** A server of both runs whose verdict differs. */
export interface VerdictChange {
  serverId: string;
  before: Verdict;
  after: Verdict;
  /** Of the verdict after. */
  reason: string | null;
}

/** A server of one of the runs only: nothing about it has changed. */
export interface ServerOfOneRun {
  serverId: string;
  verdict: Verdict;
  reason: string | null;
}

/** How a number of the same servers differs between two runs. */
export interface Shift {
  /** Medians of these servers. */
  before: number;
  after: number;
  /** Median of the differences of each server. */
  change: number;
  /** Of the Wilcoxon signed-rank test. */
  p: number;
  /** Corrected for the number of comparisons. */
  adjustedP: number;
}

/** A metric of a hardware class in two runs. */
export interface MetricShift {
  /** That of the later run; null: unknown. */
  hardwareClass: string | null;
  metric: string;
  unit: string;
  better: Better;
  /** How many servers were measured in both runs. */
  servers: number;
  median: Shift;
  /** Of the samples of each server. */
  spread: Shift;
}

export interface RunComparison {
  before: ComparedRun;
  after: ComparedRun;
  /** Those that fail now first, then those that could not be judged. */
  verdicts: VerdictChange[];
  /** In the same order. */
  onlyBefore: ServerOfOneRun[];
  onlyAfter: ServerOfOneRun[];
  /** By class and metric. */
  metrics: MetricShift[];
}

export function compareRuns(before: ComparableRun, after: ComparableRun): RunComparison {
  const metrics = [...grouped(pairsOf(before, after), (pair) => JSON.stringify(groupOf(pair))).values()].map(shiftOf);
  adjust(metrics.flatMap(({ median: ofMedian, spread }) => [ofMedian, spread]));
  const onlyBefore = serversMissingIn(after, before);
  const onlyAfter = serversMissingIn(before, after);
  const verdicts = verdictChanges(before, after);
  return { before: before.about, after: after.about, verdicts, onlyBefore, onlyAfter, metrics };
}

function verdictChanges(before: ComparableRun, after: ComparableRun): VerdictChange[] {
  const then = new Map(before.servers.map(({ serverId, verdict }) => [serverId, verdict]));
  const changes = after.servers.flatMap(({ serverId, verdict, reason }) => {
    const earlier = then.get(serverId);
    return earlier === undefined || earlier === verdict ? [] : [{ serverId, before: earlier, after: verdict, reason }];
  });
  return problemsFirst(changes, (change) => change.after);
}

function serversMissingIn(run: ComparableRun, other: ComparableRun): ServerOfOneRun[] {
  const known = new Set(run.servers.map(({ serverId }) => serverId));
  const missing = other.servers.filter(({ serverId }) => !known.has(serverId));
  const facts = missing.map(({ serverId, verdict, reason }) => ({ serverId, verdict, reason }));
  return problemsFirst(facts, ({ verdict }) => verdict);
}

function problemsFirst<T>(servers: readonly T[], verdictOf: (server: T) => Verdict): T[] {
  const rank = (server: T): number => {
    const verdict = verdictOf(server);
    return verdict === 'fail' ? 0 : isUnjudged(verdict) ? 1 : 2;
  };
  return [...servers].sort((a, b) => rank(a) - rank(b));
}

/** One server with one metric in both runs: the median of the devices that both have. */
interface Pair extends Pick<MetricShift, 'hardwareClass' | 'metric' | 'unit' | 'better'> {
  median: [before: number, after: number];
  /** Null: unknown in one of them. */
  spread: [before: number, after: number] | null;
}

function groupOf({ hardwareClass, metric, unit }: Pair): unknown[] {
  return [hardwareClass, metric, unit];
}

function pairsOf(before: ComparableRun, after: ComparableRun): Pair[] {
  const classes = new Map([...before.servers, ...after.servers].map((each) => [each.serverId, each.hardwareClass]));
  const keyOf = (of: StoredMeasurement): string => JSON.stringify([of.serverId, of.metric, of.unit]);
  const earlier = grouped(before.measurements, keyOf);
  return [...grouped(after.measurements, keyOf)].flatMap(([key, now]) => {
    const then = new Map(earlier.get(key)?.map((each) => [deviceKey(each), each.point]));
    const both = now.flatMap((each) => {
      const point = then.get(deviceKey(each));
      if (point === undefined || point.value === null || each.point.value === null) return [];
      return [[point, each.point] as const];
    });
    const [first] = now;
    if (both.length === 0 || first === undefined) return [];
    const { serverId, metric, unit, better } = first;
    const medians = both.map(([a, b]) => [a.value!, b.value!] as const);
    const spreads = both.flatMap(([a, b]) =>
      a.spread === null || b.spread === null ? [] : [[a.spread, b.spread] as const]
    );
    const about = { hardwareClass: classes.get(serverId) ?? null, metric, unit, better };
    return [{ ...about, median: medianPair(medians), spread: spreads.length === 0 ? null : medianPair(spreads) }];
  });
}

function medianPair(pairs: readonly (readonly [number, number])[]): [number, number] {
  return [median(pairs.map(([a]) => a)), median(pairs.map(([, b]) => b))];
}

function shiftOf(pairs: readonly Pair[]): MetricShift {
  const { hardwareClass, metric, unit, better } = pairs[0]!;
  const spreads = pairs.flatMap(({ spread }) => (spread === null ? [] : [spread]));
  const about = { hardwareClass, metric, unit, better, servers: pairs.length };
  return { ...about, median: shift(pairs.map((pair) => pair.median)), spread: shift(spreads) };
}

function shift(pairs: readonly (readonly [number, number])[]): Shift {
  if (pairs.length === 0) return { before: 0, after: 0, change: 0, p: 1, adjustedP: 1 };
  const differences = pairs.map(([a, b]) => b - a);
  const [before, after] = medianPair(pairs);
  const p = signedRankP(differences);
  return { before, after, change: median(differences), p, adjustedP: p };
}

/**
 * Corrects the p values for their number: of 100 comparisons, 5 have a p below 0.05 by chance.
 * @see Holm, A Simple Sequentially Rejective Multiple Test Procedure, Scandinavian Journal of Statistics 6 (1979)
 */
function adjust(shifts: readonly Shift[]): void {
  let largest = 0;
  for (const [index, each] of [...shifts].sort((a, b) => a.p - b.p).entries()) {
    largest = Math.max(largest, Math.min(1, each.p * (shifts.length - index)));
    each.adjustedP = largest;
  }
}

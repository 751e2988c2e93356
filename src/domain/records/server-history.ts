import { reasonOf } from '../reports/duplicate-messages.ts';
import type { Better } from '../measurements/measurement.ts';
import { grouped } from '../values/grouped.ts';
import { matchesPattern } from '../values/wildcards.ts';
import { reaches } from '../verdicts/expectation.ts';
import { addressOf } from '../verdicts/missing-devices.ts';
import type { ServerRow } from '../verdicts/server-row.ts';
import type { Verdict } from '../verdicts/verdict.ts';
import type { RunKey } from './records.ts';

/** Which runs of a server to read, the last ones first. */
export interface HistoryFilter {
  limit: number;
  /** ISO 8601; null: all. */
  since: string | null;
}

/** One run of a server. */
export interface HistoryRun extends RunKey {
  /** Start of the run, ISO 8601. */
  startedAt: string;
  hasEnded: boolean;
  note: string | null;
  schedule: string | null;
  hardwareClass: string | null;
  verdict: Verdict;
  /** Null: a plain pass. */
  reason: string | null;
}

/** What one run measured, and the limits that it was judged by; a value that is not finite is null. */
export interface HistoryPoint {
  value: number | null;
  spread: number | null;
  min: number | null;
  max: number | null;
}

/** One metric of the server or of one of its devices over time. */
export interface HistorySeries {
  metric: string;
  unit: string;
  better: Better;
  /** Its index in the last run that measured it; null: a metric without devices. */
  device: number | null;
  /** PCI address, or the name of a device without a number. */
  address: string | null;
  uuid: string | null;
  /** One for each run, in the same order; null: not measured. */
  points: (HistoryPoint | null)[];
}

/** All verdicts and metrics of one server, the newest last. */
export interface ServerHistory {
  serverId: string;
  runs: HistoryRun[];
  series: HistorySeries[];
}

/** A run of a server as it is stored; `id`: the number of the run. */
export interface StoredServerRun extends Omit<HistoryRun, 'reason' | 'hardwareClass'> {
  id: number;
  /** Null: unreadable. */
  row: ServerRow | null;
}

export interface StoredMeasurement extends Pick<HistorySeries, 'metric' | 'unit' | 'better' | 'device'> {
  runId: number;
  serverId: string;
  address: string | null;
  uuid: string | null;
  point: HistoryPoint;
}

/** @param found - in any order; the runs from the oldest to the newest */
export function serverHistory(
  serverId: string,
  found: { runs: readonly StoredServerRun[]; measurements: readonly StoredMeasurement[] }
): ServerHistory {
  const rows = new Map(found.runs.map(({ id, row }) => [id, row]));
  const named = found.measurements.map((each) => withName(each, rows.get(each.runId) ?? null));
  const series = [...grouped(named, seriesKey).values()].map((same) => {
    const points = new Map(same.map(({ runId, point }) => [runId, point]));
    const order = new Map(found.runs.map(({ id }, index) => [id, index]));
    const last = same.reduce((a, b) => (order.get(b.runId)! > order.get(a.runId)! ? b : a));
    const { metric, unit, better, device, address, uuid } = last;
    return { metric, unit, better, device, address, uuid, points: found.runs.map(({ id }) => points.get(id) ?? null) };
  });
  series.sort((a, b) => compareText(a.metric, b.metric) || (a.device ?? -1) - (b.device ?? -1));
  return { serverId, runs: found.runs.map(historyRun), series };
}

/** Only the metrics that match one of the patterns: `cpu.*`. */
export function withMetrics(history: ServerHistory, patterns: readonly string[]): ServerHistory {
  const isWanted = ({ metric }: HistorySeries): boolean => patterns.some((pattern) => matchesPattern(metric, pattern));
  return { ...history, series: history.series.filter(isWanted) };
}

/** Whether a value missed a limit that it was judged by. */
export function isShort({ value, min, max }: HistoryPoint): boolean {
  if (value === null) return min !== null || max !== null;
  const isBelow = min !== null && !reaches(value, { comparison: '>=', expected: min });
  return isBelow || (max !== null && !reaches(value, { comparison: '<=', expected: max }));
}

/** A device is its UUID or its address or name, and only without these its place in a list. */
export function deviceKey({ device, address, uuid }: Pick<HistorySeries, 'device' | 'address' | 'uuid'>): string {
  return uuid ?? address ?? String(device);
}

function seriesKey(of: StoredMeasurement): string {
  return JSON.stringify([of.metric, of.unit, deviceKey(of)]);
}

function withName(of: StoredMeasurement, row: ServerRow | null): StoredMeasurement {
  if (of.device === null || of.address !== null || row === null) return of;
  const benchmark = row.benchmarks.find(({ measurements }) => measurements.some(({ metric }) => metric === of.metric));
  return { ...of, address: addressOf(benchmark?.devices ?? [], of.device) };
}

function historyRun({ id: _, row, ...run }: StoredServerRun): HistoryRun {
  return { ...run, hardwareClass: row?.hardwareClass ?? null, reason: row === null ? null : reasonOf(row) };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

import { outliersOf } from '../../domain/baselines/outliers.ts';
import { median } from '../../domain/measurements/statistics.ts';
import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import { grouped } from '../../domain/values/grouped.ts';
import { formatNumber } from '../../domain/values/numbers.ts';
import { reaches, type Limit } from '../../domain/verdicts/expectation.ts';
import type { BenchmarkRow, MetricLimit, RowMeasurement, ServerRow } from '../../domain/verdicts/server-row.ts';
import { addressOf } from '../../domain/verdicts/missing-devices.ts';
import { deviceText } from '../../domain/verdicts/shortfalls.ts';
import { reportText } from '../report-text.ts';
import type { SamplesOf } from './full-records.ts';

/** `short`: blamed on the hardware; `doubtful`: short, but not judged; `outlier`: far from the others, but not short. */
export type PointState = 'short' | 'doubtful' | 'outlier' | 'usual';

/** One value of one server or device. */
export interface MetricPoint {
  /** The index of the server in the report. */
  place: number;
  /** `gpu-b02 device 3 (0000:5d:00.0)` */
  name: string;
  value: number;
  /** All samples of the value; null: unknown, or only one. */
  samples: string | null;
  state: PointState;
}

/** All values of one metric in one hardware class. */
export interface MetricGroup {
  hardwareClass: string;
  metric: string;
  unit: string;
  better: 'higher' | 'lower';
  /** Without duplicates; empty: nothing was expected. */
  limits: Limit[];
  /** Of all values. */
  median: number;
  points: MetricPoint[];
  /** Set if `points` has only the worst device of each server, because there are too many. */
  isWorstOnly: boolean;
}

type Found = Pick<MetricGroup, 'hardwareClass' | 'metric' | 'unit' | 'better' | 'limits' | 'points'>;

/** With more, a plot shows only the worst device of each server. */
const MAX_POINTS = 2_000;

/** The groups of a report, class by class, in the order of its rows. */
export function metricGroups({ servers }: FleetReport, samplesOf: SamplesOf = () => null): MetricGroup[] {
  const groups = new Map<string, Found>();
  for (const [place, row] of servers.entries()) {
    for (const benchmark of row.benchmarks) {
      for (const each of benchmark.measurements) {
        // A median that is not finite arrives as null from JSON.
        if (Number.isFinite(each.value))
          addPoint(groups, { place, row, benchmark, measurement: each, samples: samplesOf(row, each) });
      }
    }
  }
  const classes = [...new Set([...groups.values()].map(({ hardwareClass }) => hardwareClass))];
  return classes.flatMap((name) => [...groups.values()].filter((each) => each.hardwareClass === name)).map(finished);
}

interface Place {
  place: number;
  row: ServerRow;
  benchmark: BenchmarkRow;
  measurement: RowMeasurement;
  samples: string | null;
}

function addPoint(groups: Map<string, Found>, { place, row, benchmark, measurement, samples }: Place): void {
  const { metric, unit, device, value, better = 'higher' } = measurement;
  const hardwareClass = classOf(row);
  const key = JSON.stringify([hardwareClass, metric, unit]);
  const group = groups.get(key) ?? { hardwareClass, metric, unit, better, limits: [], points: [] };
  groups.set(key, group);
  const limits = limitsOfMetric(benchmark, metric);
  for (const limit of limits) {
    if (!group.limits.some((each) => isSameLimit(each, limit))) group.limits.push(limit);
  }
  const isBlamed = benchmark.shortfalls.some((each) => each.metric === metric && each.device === device);
  const isShort = limits.some((limit) => !reaches(value, limit));
  const where = device === null ? '' : ` ${deviceText(device, addressOf(benchmark.devices ?? [], device))}`;
  const name = reportText(`${row.serverId}${where}`, 160);
  const state = isBlamed ? 'short' : isShort ? 'doubtful' : 'usual';
  group.points.push({ place, name, value, samples: samples?.includes(', ') ? samples : null, state });
}

/** Rows of earlier versions have only the limits that were not reached. */
function limitsOfMetric({ limits, shortfalls }: BenchmarkRow, metric: string): MetricLimit[] {
  const known = limits ?? shortfalls.filter(({ says }) => says === undefined);
  return known.filter((each) => each.metric === metric);
}

function isSameLimit(a: Limit, b: Limit): boolean {
  return a.comparison === b.comparison && a.expected === b.expected;
}

function finished(group: Found): MetricGroup {
  const values = group.points.map(({ value }) => value);
  const outliers = outliersOf(values);
  const points = group.points.map((point, index) =>
    point.state === 'usual' && outliers[index] ? { ...point, state: 'outlier' as const } : point
  );
  const limits = group.limits.map(({ comparison, expected }) => ({ comparison, expected }));
  const isWorstOnly = points.length > MAX_POINTS;
  const shown = isWorstOnly ? worstOfServers(points, group.better) : points;
  return { ...group, limits, points: shown, isWorstOnly, median: median(values) };
}

function worstOfServers(points: readonly MetricPoint[], better: MetricGroup['better']): MetricPoint[] {
  const ofServers = grouped(worstFirst(points, better), ({ place }) => place);
  return [...ofServers.values()].map((of) => of.find(({ state }) => state === 'short') ?? of[0]!);
}

/** In the order of their values, the worst one first. */
export function worstFirst(points: readonly MetricPoint[], better: MetricGroup['better']): MetricPoint[] {
  return [...points].sort((a, b) => (better === 'higher' ? a.value - b.value : b.value - a.value));
}

/** The class by which the values of a server are grouped on the page. */
export function classOf({ hardwareClass }: Pick<ServerRow, 'hardwareClass'>): string {
  return hardwareClass ?? 'unknown';
}

/** `≥ 48,640` */
export function limitText({ comparison, expected }: Limit): string {
  return `${comparison === '>=' ? '≥' : '≤'} ${formatNumber(expected)}`;
}

/** `GFLOPS`, safe to show. */
export function unitText(unit: string): string {
  return reportText(unit, 40);
}

import type { Expectation } from '../verdicts/expectation.ts';
import { grouped } from '../values/grouped.ts';
import { isCount } from '../measurements/measurement.ts';
import { MAD_TO_DEVIATION, outliersOf } from './outliers.ts';
import type { MeasuredRun } from '../reports/read-report.ts';
import { showingsOf } from './showings.ts';
import type { LeftOut, Showing } from './showings.ts';
import { median } from '../measurements/statistics.ts';

/** What servers of each hardware class showed, made into what to expect of them. */
export interface Baseline {
  /** The workflow ids of the runs behind it. */
  runs: string[];
  classes: ClassBaseline[];
  /** Measurements that were not used, by why. */
  leftOut: LeftOut[];
  /** Metrics of which nothing can be expected, by why. */
  unusable: { hardwareClass: string; metric: string; reason: string }[];
}

export interface ClassBaseline {
  hardwareClass: string;
  metrics: MetricBaseline[];
}

export interface MetricBaseline {
  metric: string;
  unit: string;
  /** How many servers are behind it, outliers not counted. */
  servers: number;
  runs: number;
  /** `YYYY-MM-DD`, UTC, of the last of these runs. */
  date: string;
  /** A reference with its tolerance, or the least of what is counted. */
  expectation: Expectation;
  /** Left out: so far from the others of their class that they are not like them. */
  outliers: OddValue[];
  /** Counted, and further from the reference than the tolerance all the same. */
  outside: OddValue[];
  /** The ends of what was counted, in any run. */
  lowest: OddValue;
  highest: OddValue;
  /** They differ more than any tolerance allows: perhaps they are of several kinds. */
  isWide: boolean;
}

export interface OddValue {
  serverId: string;
  /** The lowest one, where there are several. */
  device: number | null;
  value: number;
}

/** Fewer servers cannot say which of them is the odd one. */
export const MIN_SERVERS = 3;

/** Less would call an ordinary day a failure: clocks and temperatures alone move a healthy server by a few percent. */
const LEAST_TOLERANCE = 0.1;

/** With more, half of the performance may be missing unnoticed. */
export const MOST_TOLERANCE = 0.5;

/** A wider one is learnt from values that contradict each other, which takes consent. */
export const DEFAULT_MAX_TOLERANCE = 0.25;

/**
 * What to expect of each hardware class, by the metrics that its servers showed. Of one that is measured by several tools
 * those of one tool count; outliers do not, nor do samples further apart than `maxTolerance`. How few servers are behind a
 * number, and how wide its tolerance is, is for whoever uses it to judge.
 */
export function baselineOf(runs: readonly MeasuredRun[], maxTolerance = DEFAULT_MAX_TOLERANCE): Baseline {
  const { showings, leftOut } = showingsOf(runs, maxTolerance);
  const unusable: Baseline['unusable'] = [];
  const classes: ClassBaseline[] = [];
  for (const [hardwareClass, ofClass] of grouped(showings, (each) => each.hardwareClass)) {
    const metrics: MetricBaseline[] = [];
    for (const [benchmark, ofBenchmark] of grouped(ofClass, (each) => each.benchmark)) {
      const tool = usualTool(ofBenchmark);
      for (const [metric, of] of grouped(ofBenchmark, (each) => each.metric)) {
        const byTool = of.filter((each) => each.tool === tool);
        const reason = whyUnusable(metric, benchmark, tool, byTool);
        const found = reason === null ? metricBaseline(metric, byTool, runs) : null;
        if (found !== null && isAboveZero(found)) metrics.push(found);
        else unusable.push({ hardwareClass, metric, reason: reason ?? NOT_ABOVE_ZERO });
      }
    }
    if (metrics.length > 0) classes.push({ hardwareClass, metrics });
  }
  return { runs: runs.map(({ run }) => run), classes, leftOut, unusable };
}

/** One tool measures a benchmark, so metrics of several cannot be expected: the one that measured most servers wins. */
function usualTool(showings: readonly Showing[]): string {
  const byTool = [...grouped(showings, ({ tool }) => tool)];
  return byTool.sort(([, a], [, b]) => serversOf(b) - serversOf(a))[0]![0];
}

function whyUnusable(metric: string, benchmark: string, tool: string, of: readonly Showing[]): string | null {
  if (of.length === 0) return `most servers of this class were measured by ${tool}, which does not measure it`;
  if (!metric.startsWith(`${benchmark}.`)) return `it is no metric of ${benchmark}`;
  const units = new Set(of.map(({ unit }) => unit));
  if (units.size > 1) return `it was measured in several units: ${[...units].join(', ')}`;
  return null;
}

const NOT_ABOVE_ZERO = 'its median is not above 0; expect a min or a max of it by hand';

function isAboveZero({ expectation: { reference, min } }: MetricBaseline): boolean {
  return (reference ?? min ?? 0) > 0;
}

function metricBaseline(metric: string, of: readonly Showing[], runs: readonly MeasuredRun[]): MetricBaseline {
  const all = [...grouped(of, ({ serverId }) => serverId).values()].map(serverOf);
  const isOutlier = outliersOf(all.map(({ value }) => value));
  const servers = all.filter((_, index) => !isOutlier[index]);
  const middle = median(servers.map(({ value }) => value));
  const dates = of.map(({ run }) => new Date(runs[run]!.startedAt).toISOString().slice(0, 10));
  const known = {
    ...{ metric, unit: of[0]!.unit, servers: servers.length },
    runs: new Set(of.map(({ run }) => run)).size,
    date: dates.sort().at(-1)!,
    outliers: all.filter((_, index) => isOutlier[index]).map(oddValue),
    ...rangeOf(servers),
  };
  if (isCount(known)) {
    const min = Math.floor(middle);
    const outside = servers.filter(({ value }) => value < min).map(oddValue);
    return { ...known, expectation: { min }, outside, isWide: false };
  }
  const reference = Number(middle.toPrecision(3));
  const measured = Math.max(acrossServers(servers, reference), median(servers.map(({ spread }) => spread)));
  const percent = Math.ceil(100 * Math.min(MOST_TOLERANCE, Math.max(LEAST_TOLERANCE, measured)));
  const outside = servers.filter(({ value }) => Math.abs(value - reference) > (reference * percent) / 100);
  const expectation = { reference, tolerance: percent / 100 };
  return { ...known, expectation, outside: outside.map(oddValue), isWide: measured > MOST_TOLERANCE };
}

function rangeOf(servers: readonly ServerShowing[]): Pick<MetricBaseline, 'lowest' | 'highest'> {
  const lowest = servers.reduce((low, each) => (each.range[0] < low.range[0] ? each : low));
  const highest = servers.reduce((high, each) => (each.range[1] > high.range[1] ? each : high));
  return {
    lowest: { ...oddValue(lowest), value: lowest.range[0] },
    highest: { ...oddValue(highest), value: highest.range[1] },
  };
}

/** A server in all runs together: it counts once, however often it was measured. */
interface ServerShowing extends OddValue {
  /** Its lowest and its highest run. */
  range: [number, number];
  /** How far its samples were apart, or its runs, whichever is more; relative to its value. */
  spread: number;
}

/**
 * Each device is held to the same limit, so the lowest one is what a server shows: what a healthy server's worst device
 * reaches is what to expect of all. (Metrics of which less is better have no devices.)
 */
function serverOf(showings: readonly Showing[]): ServerShowing {
  const byRun = [...grouped(showings, ({ run }) => String(run)).values()];
  const lowest = byRun.map((devices) => devices.reduce((low, each) => (each.value < low.value ? each : low)));
  lowest.sort((a, b) => a.value - b.value);
  const { serverId, device } = lowest[(lowest.length - 1) >> 1]!;
  const value = median(lowest.map((each) => each.value));
  const range: [number, number] = [lowest[0]!.value, lowest.at(-1)!.value];
  const acrossRuns = value === 0 ? 0 : (range[1] - range[0]) / Math.abs(value);
  return { serverId, device, value, range, spread: Math.max(median(lowest.map((each) => each.spread)), acrossRuns) };
}

/** Three robust standard deviations around the reference: all but 0.3 % of a normal distribution. */
function acrossServers(servers: readonly ServerShowing[], reference: number): number {
  const deviations = servers.map(({ value }) => Math.abs(value - reference));
  return (3 * MAD_TO_DEVIATION * median(deviations)) / reference;
}

function oddValue({ serverId, device, value }: ServerShowing): OddValue {
  return { serverId, device, value };
}

function serversOf(of: readonly { serverId: string }[]): number {
  return new Set(of.map(({ serverId }) => serverId)).size;
}

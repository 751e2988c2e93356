import { DEVICES } from '../measurements/measurement.ts';
import type { MeasuredRun } from '../reports/read-report.ts';
import { grouped } from '../values/grouped.ts';
import { isWrongResult } from '../verdicts/shortfall-advice.ts';
import { metricBaseline, type MetricBaseline } from './metric-baseline.ts';
import { observationsOf, type LeftOut, type Observation } from './observations.ts';

/** The expectations of each hardware class, derived from the measurements of its servers. */
export interface Baseline {
  /** The workflow ids of the runs that it is derived from. */
  runs: string[];
  classes: ClassBaseline[];
  leftOut: LeftOut[];
  /** Metrics that no expectation can be derived for. */
  unusable: { hardwareClass: string; metric: string; reason: string }[];
}

export interface ClassBaseline {
  hardwareClass: string;
  metrics: MetricBaseline[];
}

/** With fewer servers, it is unknown which of them is the outlier. */
export const MIN_SERVERS = 3;

/** A wider tolerance means that the values contradict each other: the user must accept it. */
export const DEFAULT_MAX_TOLERANCE = 0.25;

/**
 * Derives a baseline from runs. If several tools measured a benchmark, only the values of one tool count. Outliers do not
 * count, nor do samples further apart than `maxTolerance`. The caller decides whether a value comes from enough servers,
 * and whether its tolerance is too wide.
 */
export function baselineOf(runs: readonly MeasuredRun[], maxTolerance = DEFAULT_MAX_TOLERANCE): Baseline {
  const { observations, leftOut } = observationsOf(runs, maxTolerance);
  const unusable: Baseline['unusable'] = [];
  const classes: ClassBaseline[] = [];
  for (const [hardwareClass, ofClass] of grouped(observations, (each) => each.hardwareClass)) {
    const metrics: MetricBaseline[] = [];
    for (const [benchmark, ofBenchmark] of grouped(ofClass, (each) => each.benchmark)) {
      const tool = usualTool(ofBenchmark);
      const countsDevices = ofBenchmark.some(({ unit }) => unit === DEVICES);
      for (const [metric, of] of grouped(ofBenchmark, (each) => each.metric)) {
        const byTool = of.filter((each) => each.tool === tool);
        const reason = whyUnusable(metric, benchmark, tool, byTool);
        const found = reason === null ? metricBaseline(byTool, runs, countsDevices) : null;
        if (found !== null && isAboveZero(found)) metrics.push(found);
        else unusable.push({ hardwareClass, metric, reason: reason ?? NOT_ABOVE_ZERO });
      }
    }
    if (metrics.length > 0) classes.push({ hardwareClass, metrics });
  }
  return { runs: runs.map(({ run }) => run), classes, leftOut, unusable };
}

/** The tool that measured the most servers: a benchmark can only have expectations for the metrics of one tool. */
function usualTool(observations: readonly Observation[]): string {
  const serversOf = (of: readonly Observation[]): number => new Set(of.map(({ serverId }) => serverId)).size;
  const byTool = [...grouped(observations, ({ tool }) => tool)];
  return byTool.sort(([, a], [, b]) => serversOf(b) - serversOf(a))[0]![0];
}

function whyUnusable(metric: string, benchmark: string, tool: string, of: readonly Observation[]): string | null {
  if (of.length === 0) return `most servers of this class were measured by ${tool}, which does not measure it`;
  if (!metric.startsWith(`${benchmark}.`)) return `it is not a metric of ${benchmark}`;
  if (of.some(({ unit }) => isWrongResult({ metric, unit, comparison: '<=', expected: Number.NaN })))
    return COUNTS_ERRORS;
  const units = new Set(of.map(({ unit }) => unit));
  return units.size > 1 ? `it was measured in several units: ${[...units].join(', ')}` : null;
}

const COUNTS_ERRORS = 'it counts errors, of which a healthy server has none; set max: 0 by hand';
const NOT_ABOVE_ZERO = 'its median is not above 0; set min or max by hand';

function isAboveZero({ expectation: { reference, min, max } }: MetricBaseline): boolean {
  return (reference ?? min ?? max ?? 0) > 0;
}

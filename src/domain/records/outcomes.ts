import type { FleetReport } from '../reports/fleet-report.ts';
import { verdictOfRun } from '../reports/search-attributes.ts';
import { grouped } from '../values/grouped.ts';
import type { Limit } from '../verdicts/expectation.ts';
import type { RowMeasurement, ServerRow } from '../verdicts/server-row.ts';
import type { Verdict } from '../verdicts/verdict.ts';

/** What metrics show of a server that has ended. It has no id: a label for each server is more than Prometheus can keep. */
export interface ServerOutcome {
  verdict: Verdict;
  hardwareClass: string | null;
  errorType: string | null;
  metrics: MetricOutcome[];
}

/** A metric of a server; of several devices, the worst one. */
export interface MetricOutcome {
  metric: string;
  unit: string;
  value: number;
  limits: Limit[];
  /** How far the limit is met: 1 is exactly at it, less is a shortfall. Null: no limit, or no positive numbers. */
  ratio: number | null;
}

export interface RunOutcome {
  kind: 'run' | 'check';
  /** The verdict of the worst server; `refused`: the input was invalid. */
  result: Verdict | 'refused';
  seconds: number;
}

/** How workflows tell their worker what has ended. A type, because an interface has no index signature. */
export type OutcomeSinks = {
  outcomes: { serverEnded(outcome: ServerOutcome): void; runEnded(outcome: RunOutcome): void };
};

export function outcomeOfServer({ verdict, hardwareClass, error, benchmarks }: ServerRow): ServerOutcome {
  const metrics = benchmarks.flatMap(({ measurements, limits = [] }) => {
    return [...grouped(measurements, ({ metric }) => metric)].flatMap(([metric, of]) => {
      const worst = worstOf(of);
      const own = limits.filter((limit) => limit.metric === metric);
      return worst === null ? [] : [metricOutcome(worst, own)];
    });
  });
  return { verdict, hardwareClass, errorType: error?.type ?? null, metrics };
}

export function outcomeOfRun(report: FleetReport, isCancelled: boolean): RunOutcome {
  const { checkOnly, seconds } = report;
  return {
    kind: checkOnly ? 'check' : 'run',
    result: isCancelled ? 'cancelled' : (verdictOfRun(report.counts) ?? 'skip'),
    seconds,
  };
}

function worstOf(measurements: readonly RowMeasurement[]): RowMeasurement | null {
  const finite = measurements.filter(({ value }) => Number.isFinite(value));
  const isWorse = (one: RowMeasurement, other: RowMeasurement): boolean =>
    one.better === 'lower' ? one.value > other.value : one.value < other.value;
  return finite.reduce<RowMeasurement | null>(
    (worst, each) => (worst === null || isWorse(each, worst) ? each : worst),
    null
  );
}

function metricOutcome({ metric, unit, value }: RowMeasurement, limits: readonly Limit[]): MetricOutcome {
  const own = limits.map(({ comparison, expected }) => ({ comparison, expected }));
  const ratios = own.map(({ comparison, expected }) => (comparison === '>=' ? value / expected : expected / value));
  const isPositive = value > 0 && own.length > 0 && own.every(({ expected }) => expected > 0);
  return { metric, unit, value, limits: own, ratio: isPositive ? Math.min(...ratios) : null };
}

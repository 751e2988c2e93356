import type { BenchmarkSettings } from '../domain/configuration.ts';
import type { Expectation, Expectations } from '../domain/expectation.ts';
import type { Metric } from '../domain/measurement.ts';
import { hasTools } from './benchmark-settings.ts';
import { didYouMean } from './nearest-word.ts';
import type { Problem } from './problem.ts';

/**
 * What is wrong with the expectations of a class, each by itself and seen from what is measured.
 * @param isUnclear whether a benchmark has mistakes of its own, so that nothing can be said about its metrics
 */
export function expectationProblems(
  hardwareClass: string,
  expectations: Expectations,
  benchmarks: readonly BenchmarkSettings[],
  isUnclear: (benchmark: string) => boolean,
  knownMetrics: (benchmark: 'cpu' | 'gpu') => readonly Metric[]
): Problem[] {
  const measured = benchmarks.flatMap((settings) => metricsOf(settings, knownMetrics));
  const configured = benchmarks.map(({ benchmark }) => benchmark);
  return Object.entries(expectations).flatMap(([metric, expectation]): Problem[] => {
    const path = ['expect', hardwareClass, metric];
    const problems: Problem[] = [];
    if (!measured.includes(metric) && !isUnclear(benchmarkOf(metric))) {
      const message = unknownMetric(metric, measured, configured);
      problems.push({ path, message, atKey: true });
    }
    const contradiction = contradictionOf(expectation);
    return contradiction === null ? problems : [...problems, { path, message: contradiction, atKey: true }];
  });
}

function metricsOf(settings: BenchmarkSettings, knownMetrics: (benchmark: 'cpu' | 'gpu') => readonly Metric[]) {
  const { benchmark, command } = settings;
  const metrics = command?.metrics ?? (hasTools(benchmark) ? knownMetrics(benchmark) : []);
  return metrics.map(({ metric }) => metric);
}

function unknownMetric(metric: string, measured: readonly string[], configured: readonly string[]): string {
  const benchmark = benchmarkOf(metric);
  if (!configured.includes(benchmark)) {
    return `${benchmark} is not among the benchmarks (${configured.join(', ')})${didYouMean(metric, measured)}`;
  }
  const similar = didYouMean(metric, measured);
  const own = measured.filter((known) => known.startsWith(`${benchmark}.`)).slice(0, 5);
  return `no benchmark measures this${similar || `; ${benchmark} measures ${own.join(', ')}`}`;
}

function contradictionOf({ reference, min, max }: Expectation): string | null {
  const bounded = min !== undefined || max !== undefined;
  if (reference === undefined && !bounded) return 'expects nothing; give a reference, a min or a max';
  if (reference !== undefined && bounded) return 'has a reference and bounds; give a reference, or min and max';
  if (reference !== undefined && reference <= 0) return 'has a reference that is not above 0; give a min or a max';
  if (min !== undefined && max !== undefined && min > max) return `has a min above its max: ${min} > ${max}`;
  return null;
}

function benchmarkOf(metric: string): string {
  return metric.slice(0, metric.indexOf('.'));
}

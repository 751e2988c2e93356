import type { BenchmarkSettings } from '../../domain/configuration.ts';
import type { Expectation, Expectations } from '../../domain/expectation.ts';
import type { ToolMetric } from '../../domain/measurement.ts';
import { hasTools } from '../benchmark-settings.ts';
import { didYouMean } from '../nearest-word.ts';
import type { Path, Problem } from '../problem.ts';
import type { ExpectationText } from './expectation-schema.ts';
import type { MeasuredMetric } from './expectations.ts';

/** Every metric that the benchmarks can measure, by name. */
export function measuredMetrics(
  benchmarks: readonly BenchmarkSettings[],
  knownMetrics: (benchmark: 'cpu' | 'gpu') => readonly ToolMetric[]
): Map<string, MeasuredMetric> {
  const all = benchmarks.flatMap(({ benchmark, command }): MeasuredMetric[] => {
    if (command !== null) return command.metrics.map((metric) => ({ ...metric, tool: null }));
    return hasTools(benchmark) ? [...knownMetrics(benchmark)] : [];
  });
  return new Map(all.map((each) => [each.metric, each]));
}

/**
 * What is wrong with the expectations of a class, each by itself and seen from what is measured.
 * @param written the same, as it is written
 * @param isUnclear whether a benchmark has mistakes of its own, so that nothing can be said about its metrics
 */
export function expectationProblems(
  hardwareClass: string,
  expectations: Expectations,
  written: Readonly<Record<string, ExpectationText>>,
  measured: ReadonlyMap<string, MeasuredMetric>,
  benchmarks: readonly string[],
  isUnclear: (benchmark: string) => boolean
): Problem[] {
  const place = (metric: string, ...keys: Path): Path => ['expect', hardwareClass, metric, ...keys];
  const ofEach = Object.entries(expectations).flatMap(([metric, expectation]): Problem[] => {
    const problems: Problem[] = [];
    const about = measured.get(metric);
    if (!about && !isUnclear(benchmarkOf(metric))) {
      const message = unknownMetric(metric, [...measured.keys()], benchmarks);
      problems.push({ path: place(metric), message, atKey: true });
    }
    const contradiction = contradictionOf(expectation, written[metric] ?? {});
    if (contradiction !== null) return [...problems, { path: place(metric), message: contradiction, atKey: true }];
    const { min, max } = expectation;
    if (about?.tool && min !== undefined && min <= 0 && max === undefined) {
      const key = written[metric]?.min === undefined ? 'within' : 'min';
      problems.push({ path: place(metric, key), message: `always passes: ${metric} is never below 0` });
    }
    return problems;
  });
  const expected = Object.keys(expectations);
  const ofTools = benchmarks.flatMap((benchmark): Problem[] => {
    const metrics = expected.flatMap((metric) =>
      benchmarkOf(metric) === benchmark ? (measured.get(metric) ?? []) : []
    );
    const [first] = metrics;
    const other = metrics.find(({ tool }) => tool !== first?.tool);
    if (!first || !other) return [];
    const message = `is measured by ${other.tool}, and ${first.metric} by ${first.tool}; one tool measures ${benchmark}, so keep the metrics of one`;
    return [{ path: place(other.metric), message, atKey: true }];
  });
  return [...ofEach, ...ofTools];
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

function contradictionOf(expectation: Expectation, written: ExpectationText): string | null {
  const { reference, tolerance, within, min, max } = expectation;
  const bounded = min !== undefined || max !== undefined;
  if (reference === undefined && within !== undefined) return 'has a percentage within, but no reference that it is of';
  if (reference === undefined && !bounded) return 'expects nothing; give a reference, a min or a max';
  if (reference !== undefined && bounded) return 'has a reference and bounds; give a reference, or min and max';
  if (reference !== undefined && reference <= 0) return 'has a reference that is not above 0; give a min or a max';
  if (within !== undefined && tolerance !== undefined) return 'has a tolerance and a within; keep one of them';
  if (written.within !== undefined && (written.min !== undefined || written.max !== undefined)) {
    return 'has bounds twice; give within: [low, high], or min and max';
  }
  if (Array.isArray(written.within) && min! > max!) return `has its bounds the wrong way round: ${min} > ${max}`;
  if (min !== undefined && max !== undefined && min > max) return `has a min above its max: ${min} > ${max}`;
  return null;
}

function benchmarkOf(metric: string): string {
  return metric.slice(0, metric.indexOf('.'));
}

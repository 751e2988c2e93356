import type { BenchmarkSettings } from '../../domain/plans/configuration.ts';
import type { Expectation, Expectations } from '../../domain/verdicts/expectation.ts';
import type { BenchmarkKind, ToolMetric } from '../../domain/measurements/known-tool.ts';
import { didYouMean } from '../../source/nearest-word.ts';
import type { Problem } from '../../source/problem.ts';
import type { ExpectationText } from '../schema/expectation-schema.ts';

/** The tool is null for metrics of a command. */
type MeasuredMetric = Omit<ToolMetric, 'tool'> & { tool: string | null };

/** Every metric that the benchmarks can measure, by name. */
export function measuredMetrics(
  benchmarks: readonly BenchmarkSettings[],
  kinds: readonly BenchmarkKind[]
): Map<string, MeasuredMetric> {
  const all = benchmarks.flatMap(({ benchmark, command }): MeasuredMetric[] => {
    if (command !== null) return command.output.metrics.map((metric) => ({ ...metric, tool: null }));
    return kinds.find((kind) => kind.benchmark === benchmark)?.metrics ?? [];
  });
  return new Map(all.map((each) => [each.metric, each]));
}

interface ClassExpectations {
  hardwareClass: string;
  expectations: Expectations;
  written: Readonly<Record<string, ExpectationText>>;
}

interface Measurable {
  metrics: ReadonlyMap<string, MeasuredMetric>;
  /** The names of the configured benchmarks. */
  benchmarks: readonly string[];
  /** Whether a benchmark is invalid, so that its metrics are unknown. */
  isUnclear: (benchmark: string) => boolean;
}

/**
 * Problems of the expectations of a class: of each one alone, and of all with the metrics that the benchmarks measure.
 */
export function expectationProblems(of: ClassExpectations, measurable: Measurable): Problem[] {
  const ofEach = Object.keys(of.expectations).flatMap((metric) => problemsOf(metric, of, measurable));
  return [...ofEach, ...problemsOfTools(of, measurable)];
}

function problemsOf(metric: string, of: ClassExpectations, { metrics, benchmarks, isUnclear }: Measurable): Problem[] {
  const [expectation, written = {}] = [of.expectations[metric]!, of.written[metric]];
  const path = ['expect', of.hardwareClass, metric];
  const problems: Problem[] = [];
  const about = metrics.get(metric);
  if (!about && !isUnclear(benchmarkOf(metric))) {
    problems.push({ path, message: unknownMetric(metric, [...metrics.keys()], benchmarks), atKey: true });
  }
  const contradiction = contradictionOf(expectation, written);
  if (contradiction !== null) return [...problems, { path, message: contradiction, atKey: true }];
  const { min, max } = expectation;
  if (about?.tool && min !== undefined && min <= 0 && max === undefined) {
    const key = written.min === undefined ? 'within' : 'min';
    problems.push({ path: [...path, key], message: `always passes: ${metric} is never below 0` });
  }
  return problems;
}

/** One tool measures a benchmark, so expectations cannot use metrics of two tools. */
function problemsOfTools({ hardwareClass, expectations }: ClassExpectations, measurable: Measurable): Problem[] {
  const expected = Object.keys(expectations);
  return measurable.benchmarks.flatMap((benchmark): Problem[] => {
    const own = expected.filter((metric) => benchmarkOf(metric) === benchmark);
    const metrics = own.flatMap((metric) => measurable.metrics.get(metric) ?? []);
    const [first] = metrics;
    const other = metrics.find(({ tool }) => tool !== first?.tool);
    if (!first || !other) return [];
    const message = `needs ${other.tool}, but ${first.metric} needs ${first.tool}; keep the metrics of one tool`;
    return [{ path: ['expect', hardwareClass, other.metric], message, atKey: true }];
  });
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
  if (reference === undefined && within !== undefined) return 'has a within in percent, which needs a reference';
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

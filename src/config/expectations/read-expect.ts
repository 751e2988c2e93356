import type { BenchmarkSettings, Configuration } from '../../domain/plans/configuration.ts';
import type { Expectations } from '../../domain/verdicts/expectation.ts';
import { DEFAULT_CLASS } from '../../domain/servers/hardware-class.ts';
import type { Problem } from '../../source/problem.ts';
import type { ConfigurationText } from '../schema/schema.ts';
import type { Surroundings } from '../../source/surroundings.ts';
import { expectationProblems, measuredMetrics } from './expectation-problems.ts';
import { readExpectations } from './expectations.ts';

/**
 * What is expected of each class, `default` among them, with what is wrong with it.
 * @param isUnclear whether a benchmark has mistakes of its own, so that nothing can be said about its metrics
 */
export function readExpect(
  text: ConfigurationText['expect'],
  benchmarks: readonly BenchmarkSettings[],
  isUnclear: (benchmark: string) => boolean,
  kinds: Surroundings['kinds']
): { expect: Configuration['expect']; problems: Problem[] } {
  const problems: Problem[] = [];
  const metrics = measuredMetrics(benchmarks, kinds);
  const measurable = { metrics, benchmarks: benchmarks.map(({ benchmark }) => benchmark), isUnclear };
  const classes = Object.entries(text).map(([name, written]): [string, Expectations] => {
    const { expectations, problems: ofUnits } = readExpectations(name, written, metrics);
    problems.push(...ofUnits, ...expectationProblems({ hardwareClass: name, expectations, written }, measurable));
    return [name, expectations];
  });
  return { expect: { [DEFAULT_CLASS]: {}, ...Object.fromEntries(classes) }, problems };
}

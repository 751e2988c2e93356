import type { BenchmarkKind } from '../../domain/measurements/known-tool.ts';
import { convert, readQuantity } from '../../domain/measurements/units.ts';
import type { BenchmarkSettings, Configuration } from '../../domain/plans/configuration.ts';
import { DEFAULT_CLASS } from '../../domain/servers/hardware-class.ts';
import { isUnderflow } from '../../domain/values/numbers.ts';
import type { Expectation, Expectations } from '../../domain/verdicts/expectation.ts';
import type { Path, Problem } from '../../source/problem.ts';
import type { ExpectationText, QuantityText } from '../schema/expectation-schema.ts';
import type { ConfigurationText } from '../schema/schema.ts';
import { expectationProblems, measuredMetrics } from './expectation-problems.ts';

/**
 * The expectations of each class, including `default`, in the units of their metrics.
 * @param isUnclear whether a benchmark has mistakes of its own, so that its metrics are unknown
 */
export function readExpect(
  text: ConfigurationText['expect'],
  benchmarks: readonly BenchmarkSettings[],
  isUnclear: (benchmark: string) => boolean,
  kinds: readonly BenchmarkKind[]
): { expect: Configuration['expect']; problems: Problem[] } {
  const metrics = measuredMetrics(benchmarks, kinds);
  const measurable = { metrics, benchmarks: benchmarks.map(({ benchmark }) => benchmark), isUnclear };
  const problems: Problem[] = [];
  const expect: Configuration['expect'] = { [DEFAULT_CLASS]: {} };
  for (const [hardwareClass, written] of Object.entries(text)) {
    const expectations: Expectations = {};
    for (const [metric, each] of Object.entries(written)) {
      const unit = metrics.get(metric)?.unit ?? null;
      expectations[metric] = readExpectation(each, (value, ...keys) => {
        const amount = amountOf(value, unit);
        if (typeof amount === 'number') return amount;
        const path = ['expect', hardwareClass, metric, ...keys];
        problems.push({ path, message: `${amount.wrong}; ${metric} is in ${unit}` });
        return Number.NaN;
      });
    }
    problems.push(...expectationProblems({ hardwareClass, expectations, written }, measurable));
    expect[hardwareClass] = expectations;
  }
  return { expect, problems };
}

function readExpectation(
  { reference, tolerance, within, min, max, devices }: ExpectationText,
  inUnit: (value: QuantityText, ...keys: Path) => number
): Expectation {
  const [low, high] = Array.isArray(within) ? within : [];
  const bounds = {
    ...(min !== undefined && { min: inUnit(min, 'min') }),
    ...(max !== undefined && { max: inUnit(max, 'max') }),
    ...(low !== undefined && { min: inUnit(low, 'within', 0) }),
    ...(high !== undefined && { max: inUnit(high, 'within', 1) }),
  };
  return {
    ...(reference !== undefined && { reference: inUnit(reference, 'reference') }),
    ...(tolerance !== undefined && { tolerance }),
    ...(typeof within === 'number' && { within }),
    ...bounds,
    ...(devices !== undefined && { devices }),
  };
}

/** @param unit of the metric; null: unknown, so the number is not converted */
function amountOf(value: QuantityText, unit: string | null): number | { wrong: string } {
  if (typeof value === 'number') return value;
  const quantity = readQuantity(value);
  if (quantity === null) return { wrong: 'is not a number' };
  const amount = convert(unit === null ? { ...quantity, unit: '' } : quantity, unit ?? '');
  if (amount === null) return { wrong: `has the unit ${quantity.unit}` };
  if (isUnderflow(value, amount)) return { wrong: 'is too small' };
  return Number.isFinite(amount) ? amount : { wrong: 'is too large' };
}

import type { Expectation, Expectations } from '../../domain/verdicts/expectation.ts';
import type { ToolMetric } from '../../domain/measurements/known-tool.ts';
import { convert, readQuantity } from '../../domain/measurements/units.ts';
import type { Path, Problem } from '../../source/problem.ts';
import type { ExpectationText, QuantityText } from '../schema/expectation-schema.ts';

/** What a metric is; of one of a command of the user's own the tool is null. */
export type MeasuredMetric = Omit<ToolMetric, 'tool'> & { tool: string | null };

/**
 * The expectations of a class, in the units of their metrics.
 * @param measured every metric that can be measured, by name
 */
export function readExpectations(
  hardwareClass: string,
  text: Readonly<Record<string, ExpectationText>>,
  measured: ReadonlyMap<string, MeasuredMetric>
): { expectations: Expectations; problems: Problem[] } {
  const problems: Problem[] = [];
  const expectations: Expectations = {};
  for (const [metric, written] of Object.entries(text)) {
    const path = ['expect', hardwareClass, metric];
    const about = measured.get(metric);
    const inUnit = (value: QuantityText, ...keys: Path): number => {
      const read = amountOf(value, about?.unit ?? null);
      if (typeof read === 'number') return read;
      problems.push({ path: [...path, ...keys], message: `${read.wrong}; ${metric} is in ${about?.unit}` });
      return Number.NaN;
    };
    expectations[metric] = readExpectation(written, inUnit);
  }
  return { expectations, problems };
}

type InUnit = (value: QuantityText, ...keys: Path) => number;

function readExpectation({ reference, tolerance, within, min, max }: ExpectationText, inUnit: InUnit): Expectation {
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
  };
}

/** @param unit of the metric; null: unknown, and the number is taken as it is */
function amountOf(value: QuantityText, unit: string | null): number | { wrong: string } {
  if (typeof value === 'number') return value;
  const quantity = readQuantity(value);
  if (quantity === null) return { wrong: 'is not a number' };
  const amount = convert(unit === null ? { ...quantity, unit: '' } : quantity, unit ?? '');
  if (amount === null) return { wrong: `has the unit ${quantity.unit}` };
  return Number.isFinite(amount) ? amount : { wrong: 'is too large' };
}

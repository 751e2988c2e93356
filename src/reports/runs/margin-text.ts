import { percentOf } from '../../domain/values/decimal.ts';
import { marginOf } from '../../domain/verdicts/margin.ts';
import type { MetricLimit, RowMeasurement } from '../../domain/verdicts/server-row.ts';

/**
 * How far the value that is nearest to one of its limits is from it: ` (11 % to spare)`. Empty without a limit, for a limit
 * of 0, and for a value that does not reach its limit.
 */
export function marginText(measurements: readonly RowMeasurement[], limits: readonly MetricLimit[]): string {
  const margins = limits.flatMap((limit) => measurements.map(({ value }) => marginOf(value, limit)));
  const hasNone = margins.length === 0 || limits.some(({ expected }) => expected === 0);
  if (hasNone || !margins.every((margin) => Number.isFinite(margin) && margin >= 0)) return '';
  const percent = Math.floor(percentOf(margins.reduce((a, b) => Math.min(a, b))));
  if (percent === 0) return ' (at the limit)';
  return percent > 1_000 ? ' (more than 1,000 % to spare)' : ` (${percent} % to spare)`;
}

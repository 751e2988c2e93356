import { decimal } from '../values/decimal.ts';
import type { Limit } from './expectation.ts';

/**
 * How far a value is from a limit, as a share of the limit: 0.05 is 5 % better than needed, -0.05 is 5 % short. For a limit
 * of 0, the distance itself. With 12 digits: a difference has fewer right ones than the values.
 */
export function marginOf(value: number, { comparison, expected }: Limit): number {
  const distance = comparison === '>=' ? value - expected : expected - value;
  return distance === 0 ? 0 : decimal(distance / (Math.abs(expected) || 1), 12);
}

import type { Limit } from './expectation.ts';

/**
 * How far a value is from a limit, as a share of the limit: 0.05 is 5 % better than needed, -0.05 is 5 % short. For a limit
 * of 0, the distance itself.
 */
export function marginOf(value: number, { comparison, expected }: Limit): number {
  const distance = comparison === '>=' ? value - expected : expected - value;
  return distance === 0 ? 0 : distance / (Math.abs(expected) || 1);
}

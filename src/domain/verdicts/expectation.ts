import type { Better } from '../measurements/measurement.ts';
import { decimal } from '../values/decimal.ts';

/**
 * What a metric must reach, in its unit: a reference with a tolerance (0.1 = 10 %) on the bad side, or on both sides
 * (`within`), or bounds. At least one of `reference`, `min`, `max` is set.
 */
export interface Expectation {
  reference?: number;
  tolerance?: number;
  within?: number;
  min?: number;
  max?: number;
  /** The least number of devices that must have been measured. */
  devices?: number;
}

/** Expectations of a class, by metric. */
export type Expectations = Record<string, Expectation>;

export interface Limit {
  comparison: '>=' | '<=';
  expected: number;
}

/** Also applies to bounds: samples further apart than this contradict each other. */
export const DEFAULT_TOLERANCE = 0.1;

export function limitsOf(expectation: Expectation, better: Better): Limit[] {
  const { reference, within, min, max } = expectation;
  const limits: Limit[] = [];
  if (reference !== undefined && within !== undefined) {
    limits.push(lower(reference, within), upper(reference, within));
  } else if (reference !== undefined) {
    limits.push((better === 'higher' ? lower : upper)(reference, toleranceOf(expectation)));
  }
  if (min !== undefined) limits.push({ comparison: '>=', expected: min });
  if (max !== undefined) limits.push({ comparison: '<=', expected: max });
  return limits;
}

/** With 14 digits, so that a value equal to the limit that people calculate reaches it: 4 less 18 % is 3.28. */
function lower(reference: number, tolerance: number): Limit {
  return { comparison: '>=', expected: decimal(reference - Math.abs(reference) * tolerance, 14) };
}

function upper(reference: number, tolerance: number): Limit {
  return { comparison: '<=', expected: decimal(reference + Math.abs(reference) * tolerance, 14) };
}

export function toleranceOf(expectation: Expectation): number {
  return expectation.tolerance ?? expectation.within ?? DEFAULT_TOLERANCE;
}

/** Whether a value reaches a limit. False for a value that is not finite: an unreadable number never passes. */
export function reaches(value: number, limit: Limit): boolean {
  if (!Number.isFinite(value)) return false;
  return limit.comparison === '>=' ? value >= limit.expected : value <= limit.expected;
}

/** The expectations of one benchmark: those whose metric is `<benchmark>.<name>`. */
export function expectationsOf(expectations: Expectations, benchmark: string): Expectations {
  return Object.fromEntries(Object.entries(expectations).filter(([metric]) => metric.startsWith(`${benchmark}.`)));
}

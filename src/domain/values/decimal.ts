/**
 * Removes the rounding error of a calculation with binary fractions: 0.29 * 100 is 28.999999999999996, and 29 with 15
 * significant digits. Not for a number as it was read: it can have more digits.
 */
export function decimal(value: number, digits = 15): number {
  return Number(value.toPrecision(digits));
}

/** 29 for 0.29. */
export function percentOf(share: number): number {
  return decimal(share * 100);
}

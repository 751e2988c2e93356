/** Of a counter: one that went back was reset meanwhile, and says nothing. */
export function difference(after: number | null, before: number | null): number | null {
  return after === null || before === null || after < before ? null : after - before;
}

/** Of what is known; null where nothing is. */
export function sum(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length > 0 ? known.reduce((total, each) => total + each, 0) : null;
}

/** Of what is known; null where nothing is. */
export function highest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length > 0 ? Math.max(...known) : null;
}

/** Of what is known; null where nothing is. */
export function lowest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length > 0 ? Math.min(...known) : null;
}

/** Divides a list into parts of this size, in order; the last one may be smaller. */
export function partsOfSize<Value>(values: readonly Value[], size: number): Value[][] {
  const parts = Math.ceil(values.length / size);
  return Array.from({ length: parts }, (_, part) => values.slice(part * size, (part + 1) * size));
}

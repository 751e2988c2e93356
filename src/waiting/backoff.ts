const MAX_DELAY_MS = 15_000;

/**
 * How long to wait before the nth repetition (from 1): twice as long each time, up to a half less at random, so that many
 * workers do not come back at the same moment.
 */
export function backoffMs(firstMs: number, nth: number): number {
  return Math.min(firstMs * 2 ** (nth - 1), MAX_DELAY_MS) * (1 - Math.random() / 2);
}

const MAX_DELAY_MS = 15_000;

/**
 * Exponential backoff before the nth retry (from 1), with up to 50 % random jitter, so that many workers do not retry at the
 * same time.
 */
export function backoffMs(firstMs: number, nth: number): number {
  return Math.min(firstMs * 2 ** (nth - 1), MAX_DELAY_MS) * (1 - Math.random() / 2);
}

import { setTimeout as delay } from 'node:timers/promises';

/**
 * Lets so many pieces of work run at once, the others in the order in which they came. One that is not done after
 * `slowMs` waits rather than computes, and goes on without its place: it must not keep the others waiting.
 */
export function atMost(limit: number, slowMs: number): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let running = 0;
  const waiting: (() => void)[] = [];
  const leave = (): void => {
    // The next one takes over the place.
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  };
  return async (work) => {
    if (running === limit) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    const end = new AbortController();
    void delay(slowMs, undefined, { signal: end.signal })
      .catch(() => {})
      .then(leave);
    try {
      return await work();
    } finally {
      end.abort();
    }
  };
}

/**
 * Resolves to the first of: a promise, the signal (`'aborted'`), or the timeout (`'timeout'`). Removes its timer and
 * listener.
 */
export async function firstOf<T>(
  promises: readonly Promise<T>[],
  { ms, signal }: { ms: number; signal?: AbortSignal }
): Promise<T | 'aborted' | 'timeout'> {
  let timer: NodeJS.Timeout | undefined;
  let abort = () => {};
  const limits = new Promise<'aborted' | 'timeout'>((resolve) => {
    timer = setTimeout(() => resolve('timeout'), Math.min(ms, 2 ** 31 - 1)); // a longer one would fire at once
    abort = () => resolve('aborted');
    signal?.addEventListener('abort', abort);
    if (signal?.aborted) abort();
  });
  try {
    return await Promise.race([...promises, limits]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}

/** Waits. Rejects with the reason of the signal when it aborts. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if ((await firstOf([], { ms, signal })) === 'aborted') throw signal.reason;
}

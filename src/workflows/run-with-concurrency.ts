/**
 * A sliding window: at most `limit` items at once, in order, the next one starting the moment any one ends. A fast
 * item never waits for a slow one, only for its lane.
 */
export async function runWithConcurrency<Item>(
  items: readonly Item[],
  limit: number,
  run: (item: Item, index: number) => Promise<void>
): Promise<void> {
  const queue = items.entries();
  const runQueue = async (): Promise<void> => {
    for (const [index, item] of queue) await run(item, index);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, runQueue));
}

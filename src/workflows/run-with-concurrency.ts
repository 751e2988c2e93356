/**
 * Runs `run` for each item, in order, at most `limit` at once. The next item starts as soon as any running one ends.
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

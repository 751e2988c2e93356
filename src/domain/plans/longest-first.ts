/** Durations within this factor count as equal: the order of the inventory is easier to follow than noise. */
const EQUAL = 1.25;

/**
 * The order in which servers start: those whose duration is unknown, then the longest first, so that no long one starts when
 * all others have ended; equal ones in the given order. Null: the given order.
 * @param seconds - how long each server probably takes
 */
export function longestFirst(serverIds: readonly string[], seconds: ReadonlyMap<string, number>): string[] | null {
  const groups: { longest: number; members: Set<string> }[] = [];
  const secondsOf = (serverId: string): number => Math.max(1, seconds.get(serverId) ?? Infinity);
  for (const serverId of serverIds.toSorted((a, b) => compare(secondsOf(b), secondsOf(a)))) {
    const group = groups.at(-1);
    if (group !== undefined && secondsOf(serverId) >= group.longest / EQUAL) group.members.add(serverId);
    else groups.push({ longest: secondsOf(serverId), members: new Set([serverId]) });
  }
  if (groups.length <= 1) return null;
  return groups.flatMap(({ members }) => serverIds.filter((serverId) => members.has(serverId)));
}

/** Infinity equals itself, which a difference does not tell. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

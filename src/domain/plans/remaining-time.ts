import { median } from '../measurements/statistics.ts';

/** The servers of a run that have not ended. */
export interface OpenServers {
  running: readonly { serverId: string; elapsedSeconds: number }[];
  waiting: readonly string[];
  maxParallel: number;
}

/**
 * How long a run still takes if each server takes as long as it did before; one that is not known takes the median of those
 * that are. Null: nothing is known.
 */
export function remainingSeconds(
  { running, waiting, maxParallel }: OpenServers,
  durations: ReadonlyMap<string, number>
): number | null {
  if (durations.size === 0) return null;
  const typical = median([...durations.values()]);
  const durationOf = (serverId: string): number => durations.get(serverId) ?? typical;
  const left = running.map(({ serverId, elapsedSeconds }) => Math.max(0, durationOf(serverId) - elapsedSeconds));
  const places = new Array<number>(Math.max(1, maxParallel)).fill(0);
  // Those that took longest start first.
  for (const seconds of [...longestFirst(left), ...longestFirst(waiting.map(durationOf))]) {
    const next = places.indexOf(Math.min(...places));
    places[next]! += seconds;
  }
  return Math.max(...places);
}

function longestFirst(seconds: readonly number[]): number[] {
  return [...seconds].sort((a, b) => b - a);
}

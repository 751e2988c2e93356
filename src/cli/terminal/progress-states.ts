import { remainingSeconds } from '../../domain/plans/remaining-time.ts';
import type { FleetProgress } from '../../domain/reports/fleet-progress.ts';
import type { ServerRow } from '../../domain/verdicts/server-row.ts';
import { countVerdicts } from '../../domain/verdicts/verdict.ts';
import type { ProgressState } from '../../reports/runs/progress.ts';

export interface ProgressStates {
  /** Learns how long servers took before, in seconds. */
  learn: (durations: ReadonlyMap<string, number>) => void;
  /** @param steps - what running servers do */
  at: (progress: FleetProgress, steps: ReadonlyMap<string, string>, now: number) => ProgressState;
}

/** Adds to each progress what is known besides: how long servers took before, and what they do. */
export function progressStates(startedAt: Date, ended: ReadonlyMap<string, ServerRow>): ProgressStates {
  let earlier: ReadonlyMap<string, number> = new Map();
  let serverIds: readonly string[] = [];
  let maxParallel: number | null = null;
  const secondsLeft = ({ running }: FleetProgress, now: number): number | null => {
    if (maxParallel === null) return null;
    const current = new Set(running.map(({ serverId }) => serverId));
    const waiting = serverIds.filter((serverId) => !ended.has(serverId) && !current.has(serverId));
    const since = running.map((each) => ({ ...each, elapsedSeconds: (now - Date.parse(each.since)) / 1000 }));
    const durations = new Map([...earlier, ...measuredDurations(ended.values())]);
    return remainingSeconds({ running: since, waiting, maxParallel }, durations);
  };
  return {
    learn: (durations) => void (earlier = durations),
    at(progress, steps, now) {
      serverIds = progress.serverIds ?? serverIds;
      maxParallel = progress.settings?.maxParallel ?? maxParallel;
      const running = progress.running.map(({ serverId, since }) => {
        return { serverId, since, step: steps.get(serverId), seconds: earlier.get(serverId) };
      });
      const { requested, ended: count } = progress;
      const counts = countVerdicts([...ended.values()].map((row) => row.verdict));
      const about = { requested, running, ended: count, counts, startedAt: startedAt.toISOString() };
      return { ...about, secondsLeft: secondsLeft(progress, now) };
    },
  };
}

function measuredDurations(rows: Iterable<ServerRow>): [string, number][] {
  return [...rows].flatMap(({ serverId, verdict, seconds }) => {
    const isMeasured = verdict === 'pass' || verdict === 'fail' || verdict === 'measured';
    return isMeasured && seconds !== null ? [[serverId, seconds]] : [];
  });
}

import { isCount } from '../measurements/measurement.ts';
import { BESIDE_OTHER_WORK } from '../measurements/quiet-limits.ts';
import type { MeasuredRun } from '../reports/read-report.ts';
import type { BenchmarkRow, ServerRow } from '../verdicts/server-row.ts';

/** What one device of one server, or the server itself, showed of one metric in one run. */
export interface Showing {
  hardwareClass: string;
  serverId: string;
  /** Its index where there are several, else null. */
  device: number | null;
  benchmark: string;
  tool: string;
  metric: string;
  unit: string;
  value: number;
  /** (max - min) / median of its samples. */
  spread: number;
  /** Which of the runs, by its place among them. */
  run: number;
}

/** Measurements that nothing can be learnt from, by why. */
export interface LeftOut {
  reason: string;
  serverIds: string[];
}

/** How the reason ends to leave out what others disturbed. */
export const AMID_OTHER_LOAD = 'amid other load, or held back';

/** What the reason says of samples that contradict each other. */
export const CONTRADICTS = 'has samples that contradict each other';

/** Far above any measurement, and far from where arithmetic ends. */
const LARGEST = 1e100;

/**
 * What servers showed of themselves, in all runs together. A server that fell short showed something, too; one that
 * could not be judged, or was measured beside other work, or whose samples are further apart than `maxSpread`, did not.
 */
export function showingsOf(
  runs: readonly MeasuredRun[],
  maxSpread: number
): { showings: Showing[]; leftOut: LeftOut[] } {
  const showings = new Map<string, Showing>();
  const leftOut = new Map<string, Set<string>>();
  const leave = (reason: string, serverId: string): unknown =>
    leftOut.set(reason, (leftOut.get(reason) ?? new Set()).add(serverId));

  for (const [run, { servers }] of runs.entries()) {
    for (const row of servers) {
      const { serverId, benchmarks } = row;
      if (benchmarks.length === 0 && row.verdict !== 'skip') leave(wordsOf(row), serverId);
      for (const benchmark of benchmarks) {
        const why = whyNothing(row, benchmark);
        if (why !== null) leave(`${benchmark.benchmark} ${why}`, serverId);
        else
          for (const each of showingsIn(row, benchmark, run)) {
            const odd = whyUnusable(each, maxSpread);
            if (odd === null) showings.set(placeOf(each), each);
            else leave(`${each.metric} ${odd}`, serverId);
          }
      }
    }
  }
  return {
    showings: [...showings.values()],
    leftOut: [...leftOut].map(([reason, ids]) => ({ reason, serverIds: [...ids] })),
  };
}

function wordsOf({ verdict, error }: ServerRow): string {
  return error === null ? verdict.replace('_', ' ') : `${verdict.replace('_', ' ')} ${error.type}`;
}

function whyNothing({ notes }: ServerRow, { verdict, error, evidence, measurements }: BenchmarkRow): string | null {
  if (verdict === 'error') return `error ${error?.type ?? 'unknown'}`;
  if (measurements.length === 0) return verdict === 'skip' ? null : 'has no numbers in its report';
  const isBeside = notes.some((note) => note.startsWith(BESIDE_OTHER_WORK));
  if (isBeside || (evidence?.doubtful ?? 0) > 0) return AMID_OTHER_LOAD;
  return null;
}

function whyUnusable(showing: Showing, maxSpread: number): string | null {
  const { value, spread } = showing;
  if (!Number.isFinite(value) || Math.abs(value) >= LARGEST) return 'is no number';
  if (spread <= maxSpread || isCount(showing)) return null;
  return `${CONTRADICTS} (more than ${Math.round(maxSpread * 100)} % apart)`;
}

function showingsIn(row: ServerRow, { benchmark, tool, measurements }: BenchmarkRow, run: number): Showing[] {
  const { serverId } = row;
  return measurements.map(({ metric, device, unit, value, spread }) => ({
    hardwareClass: row.hardwareClass ?? 'default',
    ...{ serverId, device, benchmark, metric, unit, value, run },
    tool: tool ?? 'unknown',
    spread: Number.isFinite(spread) ? Math.abs(spread) : 0,
  }));
}

/** One value in a run, however often a report may name it. */
function placeOf({ run, serverId, metric, device }: Showing): string {
  return JSON.stringify([run, serverId, metric, device]);
}

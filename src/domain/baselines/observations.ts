import { isCount, type Better } from '../measurements/measurement.ts';
import { BESIDE_OTHER_WORK } from '../measurements/quiet-limits.ts';
import { NEAR_MISS } from '../servers/hardware-class.ts';
import type { MeasuredRun } from '../reports/read-report.ts';
import { grouped } from '../values/grouped.ts';
import type { BenchmarkRow, ServerRow } from '../verdicts/server-row.ts';
import { isWrongResult } from '../verdicts/shortfall-advice.ts';

/** One value of a metric of a server, or of one of its devices, in one run. */
export interface Observation {
  hardwareClass: string;
  serverId: string;
  /** Index of the device; null if the metric has no devices. */
  device: number | null;
  /** How many devices have a value of the metric, used or not; 0: it has no devices. */
  devices: number;
  benchmark: string;
  tool: string;
  metric: string;
  unit: string;
  value: number;
  better: Better;
  exact?: true;
  /** (max - min) / median of its samples. */
  spread: number;
  /** Index of the run. */
  run: number;
}

/** Measurements that are not used, by reason. */
export interface LeftOut {
  reason: string;
  serverIds: string[];
}

/** The end of the reason for leaving out a measurement that other load disturbed. */
export const UNDER_OTHER_LOAD = 'measured under other load, or held back';

/** What a broken part computes fast is no measure for healthy ones. */
const WRONG_RESULTS = 'has wrong results';

/** Part of the reason for leaving out samples that contradict each other. */
export const CONTRADICTS = 'has samples that contradict each other';

/** Far above any real measurement, and far below the largest number. */
const MAX_VALUE = 1e100;

/**
 * The usable values of all runs. A server that fell short counts as well. Left out: servers that could not be judged,
 * have less than their class asks for, had wrong results or were measured under other load, and values whose samples are
 * further apart than `maxSpread`.
 */
export function observationsOf(
  runs: readonly MeasuredRun[],
  maxSpread: number
): { observations: Observation[]; leftOut: LeftOut[] } {
  const observations: Observation[] = [];
  const leftOut: { reason: string; serverId: string }[] = [];
  for (const [run, { servers }] of runs.entries()) {
    for (const row of servers) {
      const { serverId } = row;
      const whyNone = whyUnusableServer(row);
      if (whyNone !== null) leftOut.push({ reason: whyNone, serverId });
      for (const benchmark of whyNone === null ? row.benchmarks : []) {
        const why = whyUnusableRow(row, benchmark);
        if (why !== null) leftOut.push({ reason: `${benchmark.benchmark} ${why}`, serverId });
        for (const each of why === null ? observationsIn(row, benchmark, run) : []) {
          const reason = whyUnusable(each, maxSpread);
          if (reason === null) observations.push(each);
          else leftOut.push({ reason: `${each.metric} ${reason}`, serverId });
        }
      }
    }
  }
  const byReason = [...grouped(leftOut, ({ reason }) => reason)];
  const idsOf = (of: typeof leftOut): string[] => [...new Set(of.map(({ serverId }) => serverId))];
  return { observations, leftOut: byReason.map(([reason, of]) => ({ reason, serverIds: idsOf(of) })) };
}

function whyUnusableServer({ verdict, error, classBy, benchmarks }: ServerRow): string | null {
  if (classBy === NEAR_MISS) return 'near miss of its class';
  if (benchmarks.length > 0 || verdict === 'skip') return null;
  return verdict.replace('_', ' ') + (error === null ? '' : ` ${error.type}`);
}

function whyUnusableRow({ notes }: ServerRow, benchmark: BenchmarkRow): string | null {
  const { verdict, error, evidence, measurements, shortfalls } = benchmark;
  if (shortfalls.some(isWrongResult)) return WRONG_RESULTS;
  if (verdict === 'error') return `error ${error?.type ?? 'unknown'}`;
  if (measurements.length === 0) return verdict === 'skip' ? null : 'has no numbers in its report';
  const isBeside = notes.some((note) => note.startsWith(BESIDE_OTHER_WORK));
  return isBeside || (evidence?.doubtful ?? 0) > 0 ? UNDER_OTHER_LOAD : null;
}

function whyUnusable(observation: Observation, maxSpread: number): string | null {
  const { value, spread } = observation;
  if (!Number.isFinite(value) || Math.abs(value) >= MAX_VALUE) return 'is not a number';
  if (spread <= maxSpread || isCount(observation)) return null;
  return `${CONTRADICTS} (more than ${Math.round(maxSpread * 100)} % apart)`;
}

function observationsIn(
  { serverId, hardwareClass }: ServerRow,
  { benchmark, tool, measurements }: BenchmarkRow,
  run: number
): Observation[] {
  const devices = new Map(
    [...grouped(measurements, ({ metric }) => metric)].map(([metric, of]) => [
      metric,
      new Set(of.flatMap(({ device }) => device ?? [])).size,
    ])
  );
  return measurements.map(({ metric, device, unit, value, spread, better, exact }) => ({
    ...{ serverId, hardwareClass: hardwareClass ?? 'default', benchmark, tool: tool ?? 'unknown' },
    ...{ metric, device, devices: devices.get(metric)!, unit, value, run },
    better: better ?? 'higher',
    ...(exact && { exact }),
    spread: Number.isFinite(spread) ? Math.abs(spread) : 0,
  }));
}

import { isCount, type Better } from '../measurements/measurement.ts';
import { median, spread } from '../measurements/statistics.ts';
import type { MeasuredRun } from '../reports/read-report.ts';
import { percentOf } from '../values/decimal.ts';
import { grouped } from '../values/grouped.ts';
import { limitsOf, reaches, type Expectation } from '../verdicts/expectation.ts';
import type { Observation } from './observations.ts';
import { MAD_TO_DEVIATION, outliersOf } from './outliers.ts';

/** The expectation for a metric, and the values that it is derived from. */
export interface MetricBaseline {
  metric: string;
  unit: string;
  /** The number of servers that it is derived from, without outliers. */
  servers: number;
  runs: number;
  /** `YYYY-MM-DD`, UTC, of the last of these runs. */
  date: string;
  /** A reference with its tolerance, or the bound of a count; and how many devices must have been measured. */
  expectation: Expectation;
  /** Values that are left out as outliers. */
  outliers: ServerValue[];
  /** Values that are used, although they differ from the reference by more than the tolerance. */
  outside: ServerValue[];
  /** Servers that are used, although they have fewer devices than expected: as many as usual in its runs. */
  fewerDevices: { serverId: string; devices: number }[];
  /** The lowest and the highest value used, of any run. */
  lowest: ServerValue;
  highest: ServerValue;
  /** The servers differ by more than the maximum tolerance: they may be of several classes. */
  isWide: boolean;
}

export interface ServerValue {
  serverId: string;
  /** Index of the device with the worst value; null if the metric has no devices. */
  device: number | null;
  value: number;
}

/** A narrower tolerance would fail healthy servers: clocks and temperatures alone change results by a few percent. */
const MIN_TOLERANCE = 0.1;

/** With a wider tolerance, half of the performance could be missing unnoticed. */
const MAX_TOLERANCE = 0.5;

/**
 * @param observations - at least one, all of one metric and one class
 * @param countsDevices - whether another metric of the benchmark counts its devices
 */
export function metricBaseline(
  observations: readonly Observation[],
  runs: readonly MeasuredRun[],
  countsDevices: boolean
): MetricBaseline {
  const { metric, unit, better } = observations[0]!;
  const countBetter = observations.some(isCount) ? better : null;
  const all = [...grouped(observations, ({ serverId }) => serverId).values()].map(observedServer);
  const isOutlier = outliersOf(all.map(({ value }) => value));
  const servers = all.filter((_, index) => !isOutlier[index]);
  const dates = observations.map(({ run }) => new Date(runs[run]!.startedAt).toISOString().slice(0, 10));
  const { expectation: limits, isWide } = expectationOf(servers, countBetter);
  const devices = countsDevices ? 0 : Math.floor(median(servers.map((each) => each.devices)));
  const expectation = devices > 0 ? { ...limits, devices } : limits;
  const lowest = minBy(servers, ({ range }) => range[0]);
  const highest = minBy(servers, ({ range }) => -range[1]);
  return {
    ...{ metric, unit, servers: servers.length, runs: new Set(observations.map(({ run }) => run)).size },
    ...{ date: dates.sort().at(-1)!, expectation },
    outliers: all.filter((_, index) => isOutlier[index]).map((each) => serverValue(each)),
    outside: servers.filter(({ value }) => isOutside(value, expectation)).map((each) => serverValue(each)),
    fewerDevices: servers
      .filter((each) => each.devices < devices)
      .map((each) => ({ serverId: each.serverId, devices: each.devices })),
    lowest: serverValue(lowest, lowest.range[0]),
    highest: serverValue(highest, highest.range[1]),
    isWide,
  };
}

/** @param countBetter - the direction of a count; null: not a count */
function expectationOf(
  servers: readonly ObservedServer[],
  countBetter: Better | null
): Pick<MetricBaseline, 'expectation' | 'isWide'> {
  const middle = median(servers.map(({ value }) => value));
  if (countBetter !== null) {
    const bound = countBetter === 'higher' ? { min: Math.floor(middle) } : { max: Math.ceil(middle) };
    return { expectation: bound, isWide: false };
  }
  const reference = Number(middle.toPrecision(3));
  const measured = Math.max(acrossServers(servers, reference), median(servers.map(({ spread }) => spread)));
  const percent = Math.ceil(percentOf(Math.min(MAX_TOLERANCE, Math.max(MIN_TOLERANCE, measured))));
  return { expectation: { reference, tolerance: percent / 100 }, isWide: measured > MAX_TOLERANCE };
}

/** Better or worse than the reference by more than the tolerance, or beyond the bound of a count. */
function isOutside(value: number, expectation: Expectation): boolean {
  const { tolerance: within } = expectation;
  const limits = limitsOf(within === undefined ? expectation : { ...expectation, within }, 'higher');
  return limits.some((limit) => !reaches(value, limit));
}

/** A server, all runs combined: it counts once, no matter how often it was measured. */
interface ObservedServer extends ServerValue {
  /** The values of its lowest and its highest run. */
  range: [number, number];
  /** How many devices have a value, usually; 0: the metric has no devices. */
  devices: number;
  /** The spread of its samples or of its runs, whichever is larger. */
  spread: number;
}

/** Each device must reach the same limit, so the worst one counts. */
function observedServer(observations: readonly Observation[]): ObservedServer {
  const byRun = [...grouped(observations, ({ run }) => run).values()];
  const goodness = ({ value, better }: Observation): number => (better === 'lower' ? -value : value);
  const worst = byRun.map((devices) => minBy(devices, goodness)).sort((a, b) => a.value - b.value);
  const { serverId, device } = worst[(worst.length - 1) >> 1]!;
  const value = median(worst.map((each) => each.value));
  const range: [number, number] = [worst[0]!.value, worst.at(-1)!.value];
  const devices = Math.floor(median(byRun.map(([first]) => first!.devices)));
  const acrossRuns = value === 0 ? 0 : spread(worst.map((each) => each.value));
  return {
    serverId,
    device,
    value,
    range,
    devices,
    spread: Math.max(median(worst.map((each) => each.spread)), acrossRuns),
  };
}

/** Three robust standard deviations, relative to the reference: they cover all but 0.3 % of a normal distribution. */
function acrossServers(servers: readonly ObservedServer[], reference: number): number {
  const deviations = servers.map(({ value }) => Math.abs(value - reference));
  return (3 * MAD_TO_DEVIATION * median(deviations)) / reference;
}

function serverValue({ serverId, device, value: own }: ObservedServer, value = own): ServerValue {
  return { serverId, device, value };
}

function minBy<Value>(values: readonly Value[], keyOf: (value: Value) => number): Value {
  return values.reduce((min, each) => (keyOf(each) < keyOf(min) ? each : min));
}

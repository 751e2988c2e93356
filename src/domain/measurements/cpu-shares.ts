import type { CpuTime, MachineState } from './machine-state.ts';
import { difference } from './statistics.ts';

/** How the CPU time between two moments was used, as shares from 0 to 1. Null: unknown. */
export interface CpuShares {
  /** CPU time used by other programs, as a share of all CPU time. */
  otherLoad: number | null;
  /** CPU time withheld by the hypervisor, as a share of all CPU time. */
  steal: number | null;
  /** Time in which the machine itself was paused, as a share of the elapsed time. */
  stoodStill: number | null;
  /** CPU time used by the benchmark, as a share of the time of its allowed CPUs. */
  ownCpu: number | null;
  /**
   * CPU time withheld by the CPU quota of the benchmark, as a share of the CPU time that it wanted (at least one CPU).
   */
  throttled: number | null;
  /** CPU time that was neither used nor withheld for a known reason, as a share of the time of the allowed CPUs. */
  unused: number | null;
}

/** USER_HZ, 100 on all supported platforms: https://man7.org/linux/man-pages/man7/time.7.html */
const TICKS_PER_SECOND = 100;

/** With fewer ticks, shares are too coarse. */
const MIN_TICKS = 50;

/** @param cpus - number of CPUs that the benchmark may use */
export function cpuShares(before: MachineState, after: MachineState, cpus: number): CpuShares {
  const own = difference(after.ownCpuSeconds, before.ownCpuSeconds);
  const seconds = difference(after.uptimeSeconds, before.uptimeSeconds);
  const throttledSeconds = difference(after.throttledSeconds, before.throttledSeconds);
  const cpuSeconds = seconds === null ? null : seconds * cpus;
  const isLong = cpuSeconds !== null && cpuSeconds * TICKS_PER_SECOND >= MIN_TICKS;
  const ownCpu = isLong && own !== null ? share(own, cpuSeconds) : null;
  const found = { ownCpu, throttled: withheld(throttledSeconds, own, seconds), unused: null };

  const spent = cpuBetween(before.cpu, after.cpu);
  if (spent === null || spent.ticks < MIN_TICKS) return { ...found, otherLoad: null, steal: null, stoodStill: null };
  const ownShare = own === null ? null : share(own * TICKS_PER_SECOND, spent.ticks);
  const otherLoad = ownShare === null ? null : Math.max(spent.used - ownShare, 0);
  const stoodStill = missingTicks(before, after, spent.ticks);
  if (ownCpu === null || otherLoad === null) return { ...found, otherLoad, steal: spent.steal, stoodStill };
  const runningShare = 1 - (stoodStill ?? 0);
  const unused = runningShare - ownCpu - (otherLoad + spent.steal) * runningShare;
  return { ...found, otherLoad, steal: spent.steal, stoodStill, unused: Math.max(unused, 0) };
}

/** A benchmark with one thread on many CPUs wants only one CPU: all throttled time is withheld from that thread. */
function withheld(throttledSeconds: number | null, own: number | null, seconds: number | null): number | null {
  if (throttledSeconds === null || seconds === null || seconds * TICKS_PER_SECOND < MIN_TICKS) return null;
  return share(throttledSeconds, Math.max(seconds, throttledSeconds + (own ?? 0)));
}

/** On a machine that was suspended, or whose CPUs got no time, the CPUs count fewer ticks than the clock. */
function missingTicks(before: MachineState, after: MachineState, ticks: number): number | null {
  const seconds = difference(after.uptimeSeconds, before.uptimeSeconds);
  const { countedCpus } = after;
  if (seconds === null || countedCpus === null || countedCpus !== before.countedCpus) return null;
  const expected = seconds * countedCpus * TICKS_PER_SECOND;
  return expected > 0 ? share(expected - ticks, expected) : null;
}

/** The CPU time between two moments: shares from 0 to 1, and the total in ticks. */
export function cpuBetween(
  before: CpuTime | null,
  after: CpuTime | null
): { used: number; steal: number; ticks: number } | null {
  if (before === null || after === null) return null;
  const ticks = after.total - before.total;
  if (!(ticks > 0)) return null;
  // The kernel's counters of idle and stolen time sometimes decrease slightly.
  const idle = Math.max(after.idle - before.idle, 0);
  const steal = Math.max(after.steal - before.steal, 0);
  return { used: share(ticks - idle - steal, ticks), steal: share(steal, ticks), ticks };
}

/** Part of a whole, limited to 0 to 1. */
export function share(part: number, whole: number): number {
  return Math.min(Math.max(part / whole, 0), 1);
}

import { quotaText } from '../servers/process-limits.ts';
import { formatNumber } from '../values/numbers.ts';
import { shortList } from '../values/short-list.ts';
import { share } from './cpu-shares.ts';
import type { Evidence } from './evidence.ts';
import type { GpuProcess } from './machine-state.ts';

/** The limits within which a machine counts as quiet. Shares from 0 to 1; null: no limit. */
export interface QuietLimits {
  /** CPU time used by others before the run starts anything, as a share of all CPU time. */
  cpu: number | null;
  /** Number of compute processes of others on its GPUs, before and during a benchmark. */
  gpuProcesses: number | null;
  /** CPU time used by others during a benchmark, as a share of all CPU time. */
  otherLoad: number | null;
  /** CPU time withheld by the hypervisor, a CPU quota or a freezer, as a share of all CPU time. */
  steal: number | null;
  /**
   * Left unused by a benchmark that loads all CPUs, of its CPU time. The limit must be above its start and end (3 % of a
   * sample of one second), and not above the usual tolerance, or a pause would count as a failure.
   */
  unused: number | null;
  /** Number of thermal throttlings during a benchmark. */
  throttling: number | null;
}

/** The work of others on a machine before the run starts anything on it. Null: unknown. */
export interface OtherWork {
  /** Share of all CPU time, 0 to 1. */
  cpu: number | null;
  gpuProcesses: GpuProcess[] | null;
}

/** The start of the note of a server that was measured despite other work. */
export const BESIDE_OTHER_WORK = 'measured although it was already working';

const MAX_PROCESSES_SHOWN = 3;

/** One phrase with the share or the processes; null if the machine is quiet. */
export function whyBusy({ cpu, gpuProcesses }: OtherWork, limits: QuietLimits): string | null {
  const phrases = shareAbove('others use', cpu, limits.cpu, 'its CPU time');
  if (gpuProcesses !== null && exceeds(gpuProcesses.length, limits.gpuProcesses)) {
    const processes = gpuProcesses.map(({ pid, name }) => `${name} (process ${pid})`);
    phrases.push(`its GPUs are used by ${shortList(processes, MAX_PROCESSES_SHOWN)}`);
  }
  return joined(phrases);
}

/** Adds the doubt to the evidence: a phrase with numbers for everything above its limit. */
export function withDoubt(observed: Omit<Evidence, 'doubt'>, limits: QuietLimits): Evidence {
  const { otherLoad, throttlings, gpuProcesses } = observed;
  const phrases = shareAbove('other programs used', otherLoad, limits.otherLoad, 'all CPU time');
  phrases.push(...whyHeldBack(observed, limits));
  if (exceeds(gpuProcesses, limits.gpuProcesses)) {
    phrases.push(`other processes used its GPUs: ${gpuProcesses} (limit ${limits.gpuProcesses})`);
  }
  if (exceeds(throttlings, limits.throttling)) {
    phrases.push(`it was throttled ${throttlings} times because of heat (limit ${limits.throttling})`);
  }
  return { ...observed, doubt: joined(phrases) };
}

/** What kept the benchmark from running. Its unused CPU time is mentioned only if no cause is known. */
function whyHeldBack(observed: Omit<Evidence, 'doubt'>, { steal: limit, unused: maxUnused }: QuietLimits): string[] {
  const { steal, stoodStill, throttled, frozenSeconds, seconds, unused, ownCpu } = observed;
  const { quotaCpus } = observed.limits;
  const quota = quotaCpus === null ? null : quotaText(quotaCpus);
  const phrases = [
    ...shareAbove('the hypervisor withheld', steal, limit, 'all CPU time'),
    ...shareAbove('the machine itself was paused for', stoodStill, limit, 'the time'),
    ...shareAbove(`${quota ?? 'a CPU quota'} withheld`, throttled, limit, 'its CPU time'),
  ];
  if (frozenSeconds !== null && seconds !== null && exceeds(share(frozenSeconds, seconds), limit)) {
    phrases.push(`its control group was frozen for ${formatNumber(frozenSeconds)} s`);
  }
  if (phrases.length > 0 || ownCpu === null) return phrases;
  const by = quota === null ? '' : ` by ${quota}`;
  const how = `it was stopped or held back${by}: it used ${formatNumber(100 * ownCpu)} %, and did not get`;
  return shareAbove(how, unused, maxUnused, 'its CPU time');
}

/** False for an unknown value, and for a limit that is off. */
function exceeds(value: number | null, limit: number | null): value is number {
  return value !== null && limit !== null && value > limit;
}

/** `others use 42.1 % of its CPU time (limit 15 %)` if it is above the limit; never rounded down to the limit. */
export function shareAbove(what: string, share: number | null, limit: number | null, of: string): string[] {
  if (!exceeds(share, limit)) return [];
  const [permille, limitPermille] = [share, limit!].map((each) => Math.round(each * 1000)) as [number, number];
  const percent = formatNumber(Math.max(permille, limitPermille + 1) / 10);
  return [`${what} ${percent} % of ${of} (limit ${formatNumber(limit! * 100)} %)`];
}

function joined(phrases: readonly string[]): string | null {
  return phrases.length > 0 ? phrases.join(', and ') : null;
}

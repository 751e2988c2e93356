import { cpuBetween, share, TICKS_PER_SECOND } from './machine-state.ts';
import type { GpuState, MachineState } from './machine-state.ts';
import { exceeds, shareAbove } from './quiet-limits.ts';
import type { QuietLimits } from './quiet-limits.ts';

/** What went on on the machine while one sample was taken, from its states before and after. Null: unknown. */
export interface Evidence {
  seconds: number | null;
  loadBefore: number | null;
  uptimeSeconds: number | null;
  /** Share of all CPU time that others than the benchmark used, 0 to 1. */
  otherLoad: number | null;
  /** Share of all CPU time that the hypervisor withheld, 0 to 1. */
  steal: number | null;
  /** At the end, with the load just gone. */
  megahertz: MachineState['megahertz'];
  governor: string | null;
  /** How often CPUs slowed down for heat meanwhile, and how many GPUs did. */
  throttlings: number | null;
  /** The higher of before and after. */
  celsius: number | null;
  /** At the end. */
  gpus: GpuState[];
  /** Processes of others on the GPUs, before or after: whichever is more. */
  gpuProcesses: number | null;
  /** Why a short sample would say little about the hardware; null: nothing known stood in its way. */
  doubt: string | null;
}

/** Fewer say nothing of shares. */
const FEWEST_TICKS = 50;

export function evidenceOf(before: MachineState, after: MachineState, limits: QuietLimits): Evidence {
  const evidence = {
    seconds: difference(after.uptimeSeconds, before.uptimeSeconds),
    loadBefore: before.load,
    uptimeSeconds: before.uptimeSeconds,
    ...cpuShares(before, after),
    megahertz: after.megahertz,
    governor: after.governor ?? before.governor,
    throttlings: throttlingsBetween(before, after),
    celsius: highest([before.celsius, after.celsius]),
    gpus: after.gpus,
    gpuProcesses: highest([before.gpuProcesses?.length ?? null, after.gpuProcesses?.length ?? null]),
  };
  return { ...evidence, doubt: whyDoubtful(evidence, limits) };
}

/** One phrase with numbers for everything that came up beyond the limits; null where nothing did. */
export function whyDoubtful(evidence: Omit<Evidence, 'doubt'>, limits: QuietLimits): string | null {
  const { otherLoad, steal, throttlings, gpuProcesses } = evidence;
  const phrases: string[] = [];
  if (exceeds(otherLoad, limits.otherLoad)) {
    phrases.push(`others used ${shareAbove(otherLoad, 'all CPU time', limits.otherLoad)}`);
  }
  if (exceeds(steal, limits.steal)) {
    phrases.push(`the hypervisor withheld ${shareAbove(steal, 'all CPU time', limits.steal)}`);
  }
  if (exceeds(gpuProcesses, limits.gpuProcesses)) {
    phrases.push(`processes of others used its GPUs: ${gpuProcesses} (limit ${limits.gpuProcesses})`);
  }
  if (exceeds(throttlings, limits.throttling)) {
    phrases.push(`it slowed down for heat: ${throttlings} times (limit ${limits.throttling})`);
  }
  return phrases.length > 0 ? phrases.join(', and ') : null;
}

function cpuShares(before: MachineState, after: MachineState): Pick<Evidence, 'otherLoad' | 'steal'> {
  const spent = cpuBetween(before.cpu, after.cpu);
  if (spent === null || spent.ticks < FEWEST_TICKS) return { otherLoad: null, steal: null };
  const own = difference(after.ownCpuSeconds, before.ownCpuSeconds);
  const ownShare = own === null ? null : share(own * TICKS_PER_SECOND, spent.ticks);
  return { otherLoad: ownShare === null ? null : Math.max(spent.used - ownShare, 0), steal: spent.steal };
}

function throttlingsBetween(before: MachineState, after: MachineState): number | null {
  const gpus = after.gpus.map((gpu) => {
    const earlier = before.gpus.find(({ index }) => index === gpu.index);
    return slowedBetween(earlier, gpu);
  });
  return sum([difference(after.throttlings, before.throttlings), ...gpus]);
}

/** By the counter, where there is one; else only what is still seen at the end counts. */
function slowedBetween(before: GpuState | undefined, after: GpuState): 0 | 1 | null {
  const slowed = difference(after.slowedMicroseconds, before?.slowedMicroseconds ?? null);
  if (slowed !== null) return slowed > 0 ? 1 : 0;
  if (after.slowdowns === null) return null;
  return after.slowdowns.some((reason) => !before?.slowdowns?.includes(reason)) ? 1 : 0;
}

/** Of a counter: one that went back was reset meanwhile, and says nothing. */
function difference(after: number | null, before: number | null): number | null {
  return after === null || before === null || after < before ? null : after - before;
}

/** The evidence of all samples of a benchmark, as small as a row of a report needs it. Null: unknown. */
export interface RowEvidence {
  /** Before the first sample. */
  loadBefore: number | null;
  /** Of the sample with the most of it, as all that follows. */
  otherLoad: number | null;
  steal: number | null;
  celsius: number | null;
  /** Mean of all CPUs, of the slowest sample. */
  megahertz: number | null;
  governor: string | null;
  /** In all samples together. */
  throttlings: number | null;
  /** How many samples would say little about the hardware if they were short. */
  doubtful: number;
}

/** Null where nothing is known of any sample. */
export function rowEvidence(samples: readonly (Evidence | null)[]): RowEvidence | null {
  const known = samples.filter((each) => each !== null);
  const [first] = known;
  if (first === undefined) return null;
  const megahertz = known.flatMap((each) => each.megahertz?.mean ?? []);
  return {
    loadBefore: first.loadBefore,
    otherLoad: rounded(highest(known.map((each) => each.otherLoad))),
    steal: rounded(highest(known.map((each) => each.steal))),
    celsius: rounded(highest(known.map((each) => each.celsius))),
    megahertz: megahertz.length > 0 ? Math.round(Math.min(...megahertz)) : null,
    governor: first.governor,
    throttlings: sum(known.map((each) => each.throttlings)),
    doubtful: known.filter((each) => each.doubt !== null).length,
  };
}

function sum(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length > 0 ? known.reduce((total, each) => total + each, 0) : null;
}

function highest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length > 0 ? Math.max(...known) : null;
}

function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1000) / 1000;
}

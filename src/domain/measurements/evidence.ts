import { difference, highest, sum } from './counters.ts';
import { cpuShares } from './cpu-shares.ts';
import type { CpuShares } from './cpu-shares.ts';
import { formatNumber } from '../values/numbers.ts';
import { share } from './machine-state.ts';
import type { GpuState, MachineState } from './machine-state.ts';
import { quotaText } from '../servers/process-limits.ts';
import type { ProcessLimits } from '../servers/process-limits.ts';
import { exceeds, shareAbove } from './quiet-limits.ts';
import type { QuietLimits } from './quiet-limits.ts';

/** What the machine did while one sample was taken, from its states before and after. Null: unknown. */
export interface Evidence extends CpuShares {
  seconds: number | null;
  loadBefore: number | null;
  uptimeSeconds: number | null;
  /** How long its control group was frozen. */
  frozenSeconds: number | null;
  limits: ProcessLimits;
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

/** What a benchmark does with CPUs. */
export interface CpuUse {
  /** Those that it may use. */
  cpus: number;
  /** It keeps all of them busy all the time, so that whatever stays unused was kept from it. */
  loadsAllCpus: boolean;
}

export function evidenceOf(before: MachineState, after: MachineState, limits: QuietLimits, use: CpuUse): Evidence {
  const shares = cpuShares(before, after, use.cpus);
  const evidence = {
    seconds: difference(after.uptimeSeconds, before.uptimeSeconds),
    loadBefore: before.load,
    uptimeSeconds: before.uptimeSeconds,
    ...shares,
    unused: use.loadsAllCpus ? shares.unused : null,
    frozenSeconds: difference(after.frozenSeconds, before.frozenSeconds),
    limits: after.limits,
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
  const { otherLoad, throttlings, gpuProcesses } = evidence;
  const phrases: string[] = [];
  if (exceeds(otherLoad, limits.otherLoad)) {
    phrases.push(`other programs used ${shareAbove(otherLoad, 'all CPU time', limits.otherLoad)}`);
  }
  phrases.push(...whyHeldBack(evidence, limits));
  if (exceeds(gpuProcesses, limits.gpuProcesses)) {
    phrases.push(`other processes used its GPUs: ${gpuProcesses} (limit ${limits.gpuProcesses})`);
  }
  if (exceeds(throttlings, limits.throttling)) {
    phrases.push(`it slowed down for heat: ${throttlings} times (limit ${limits.throttling})`);
  }
  return phrases.length > 0 ? phrases.join(', and ') : null;
}

/** What kept the benchmark from running; that it did not run is a phrase of its own only where the cause is unknown. */
function whyHeldBack(evidence: Omit<Evidence, 'doubt'>, limits: QuietLimits): string[] {
  const { steal, stoodStill, throttled, frozenSeconds, seconds, unused, ownCpu } = evidence;
  const phrases: string[] = [];
  if (exceeds(steal, limits.steal)) {
    phrases.push(`the hypervisor withheld ${shareAbove(steal, 'all CPU time', limits.steal)}`);
  }
  if (exceeds(stoodStill, limits.steal)) {
    phrases.push(`the machine itself stood still for ${shareAbove(stoodStill, 'the time', limits.steal)}`);
  }
  if (exceeds(throttled, limits.steal)) {
    const { quotaCpus } = evidence.limits;
    const quota = quotaCpus === null ? 'a CPU quota' : quotaText(quotaCpus);
    phrases.push(`${quota} withheld ${shareAbove(throttled, 'its CPU time', limits.steal)}`);
  }
  if (frozenSeconds !== null && seconds !== null && exceeds(share(frozenSeconds, seconds), limits.steal)) {
    phrases.push(`its control group was frozen for ${formatNumber(frozenSeconds)} s`);
  }
  if (phrases.length === 0 && ownCpu !== null && exceeds(unused, limits.unused)) {
    const { quotaCpus } = evidence.limits;
    const by = quotaCpus === null ? '' : ` by ${quotaText(quotaCpus)}`;
    const left = shareAbove(unused, 'its CPU time', limits.unused);
    phrases.push(`it was stopped or held back${by}: it used ${formatNumber(100 * ownCpu)} %, and nothing used ${left}`);
  }
  return phrases;
}

function throttlingsBetween(before: MachineState, after: MachineState): number | null {
  const gpus = after.gpus.map((gpu) => {
    const earlier = before.gpus.find(({ address }) => address === gpu.address);
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

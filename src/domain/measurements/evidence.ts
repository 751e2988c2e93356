import type { ProcessLimits } from '../servers/process-limits.ts';
import { cpuShares } from './cpu-shares.ts';
import type { CpuShares } from './cpu-shares.ts';
import type { GpuState, MachineState } from './machine-state.ts';
import { difference, highest, lowest, sum } from './statistics.ts';

/** What the machine did during one sample, from its states before and after. Null: unknown. */
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
  /** Thermal throttlings of CPUs, and GPUs that were throttled. */
  throttlings: number | null;
  /** The higher of before and after. */
  celsius: number | null;
  /** At the end. */
  gpus: GpuState[];
  /** Of others, the higher of before and after. */
  gpuProcesses: number | null;
  /** Why a shortfall may not be the fault of the hardware; null: no reason known. */
  doubt: string | null;
}

/** The evidence of all samples of a benchmark, as small as a row of a report needs it. Null: unknown. */
export interface RowEvidence {
  /** Before the first sample. */
  loadBefore: number | null;
  /** Maximum of the samples, as the next two. */
  otherLoad: number | null;
  steal: number | null;
  celsius: number | null;
  /** Mean of all CPUs, of the slowest sample. */
  megahertz: number | null;
  governor: string | null;
  /** In all samples together. */
  throttlings: number | null;
  /** How many samples have a doubt. */
  doubtful: number;
  /** Minimum of the samples. Left out by earlier versions, as all that follows. */
  ownCpu?: number | null;
  /** Maximum of the samples, as the next one. */
  stoodStill?: number | null;
  throttled?: number | null;
  limits?: ProcessLimits | null;
}

export interface CpuUse {
  /** The number of CPUs that the benchmark may use. */
  cpus: number;
  /** It keeps all of them busy, so that any unused time was withheld from it. */
  loadsAllCpus: boolean;
}

/** Without a doubt: `withDoubt` tells it by the limits of the configuration. */
export function evidenceOf(before: MachineState, after: MachineState, use: CpuUse): Omit<Evidence, 'doubt'> {
  const shares = cpuShares(before, after, use.cpus);
  return {
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
}

function throttlingsBetween(before: MachineState, after: MachineState): number | null {
  const stateBefore = ({ address }: GpuState) => before.gpus.find((each) => each.address === address);
  const gpus = after.gpus.map((gpu) => slowedBetween(stateBefore(gpu), gpu));
  return sum([difference(after.throttlings, before.throttlings), ...gpus]);
}

/** By the counter, where there is one; else only what is still seen at the end counts. */
function slowedBetween(before: GpuState | undefined, after: GpuState): 0 | 1 | null {
  const slowed = difference(after.slowedMicroseconds, before?.slowedMicroseconds ?? null);
  if (slowed !== null) return slowed > 0 ? 1 : 0;
  if (after.slowdowns === null) return null;
  return after.slowdowns.some((reason) => !before?.slowdowns?.includes(reason)) ? 1 : 0;
}

/** Null if nothing is known of any sample. An activity of an earlier version leaves fields out. */
export function rowEvidence(samples: readonly (Evidence | null)[]): RowEvidence | null {
  const known: Partial<Evidence>[] = samples.filter((each) => each !== null);
  const [first] = known;
  if (first === undefined) return null;
  type Key = 'otherLoad' | 'steal' | 'celsius' | 'throttlings' | 'ownCpu' | 'stoodStill' | 'throttled';
  const all = (key: Key): (number | null)[] => known.map((each) => each[key] ?? null);
  return {
    loadBefore: first.loadBefore ?? null,
    otherLoad: rounded(highest(all('otherLoad'))),
    steal: rounded(highest(all('steal'))),
    celsius: rounded(highest(all('celsius'))),
    megahertz: rounded(lowest(known.map((each) => each.megahertz?.mean ?? null)), 1),
    governor: first.governor ?? null,
    throttlings: sum(all('throttlings')),
    doubtful: known.filter((each) => each.doubt).length,
    ownCpu: rounded(lowest(all('ownCpu'))),
    stoodStill: rounded(highest(all('stoodStill'))),
    throttled: rounded(highest(all('throttled'))),
    limits: known.find((each) => each.limits)?.limits ?? null,
  };
}

function rounded(value: number | null, scale = 1000): number | null {
  return value === null ? null : Math.round(value * scale) / scale;
}

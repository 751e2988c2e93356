import type { ProcessLimits } from '../servers/process-limits.ts';
import { cpuShares, type CpuShares } from './cpu-shares.ts';
import type { GpuState, MachineState } from './machine-state.ts';
import { difference, highest, lowest, sum } from './statistics.ts';

/** The activity of the machine during one sample, from its states before and after. Null: unknown. */
export interface Evidence extends CpuShares {
  seconds: number | null;
  loadBefore: number | null;
  uptimeSeconds: number | null;
  /** How long the control group of the benchmark was frozen. */
  frozenSeconds: number | null;
  limits: ProcessLimits;
  /** At the end of the sample, just after the load stopped. */
  megahertz: MachineState['megahertz'];
  governor: string | null;
  /** Thermal throttlings of CPUs, plus the number of GPUs that were throttled by heat. */
  throttlings: number | null;
  /** The higher value of before and after the sample. */
  celsius: number | null;
  /** At the end of the sample. */
  gpus: GpuState[];
  /** Number of GPU processes of other programs: the higher one of before and after the sample. */
  gpuProcesses: number | null;
  /** Why a shortfall may not be the fault of the hardware; null: no reason known. */
  doubt: string | null;
}

/** A summary of the evidence of all samples of a benchmark, for a row of a report. Null: unknown. */
export interface RowEvidence {
  /** Before the first sample. */
  loadBefore: number | null;
  /** Maximum of the samples, like the next two. */
  otherLoad: number | null;
  steal: number | null;
  celsius: number | null;
  /** Mean clock of all CPUs in the slowest sample. */
  megahertz: number | null;
  governor: string | null;
  /** Sum of all samples. */
  throttlings: number | null;
  /** Number of samples that are doubtful. */
  doubtful: number;
  /** Minimum of the samples. Missing from earlier versions, like all fields that follow. */
  ownCpu?: number | null;
  /** Maximum of the samples, like the next one. */
  stoodStill?: number | null;
  throttled?: number | null;
  limits?: ProcessLimits | null;
}

export interface CpuUse {
  /** The number of CPUs that the benchmark may use. */
  cpus: number;
  /** Whether it keeps all of them busy: then any unused time was withheld from it. */
  loadsAllCpus: boolean;
}

/** The evidence without a doubt: `withDoubt` adds it, based on the limits of the configuration. */
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
  const gpus = after.gpus.map((gpu) => throttledBetween(stateBefore(gpu), gpu));
  return sum([difference(after.throttlings, before.throttlings), ...gpus]);
}

/** From the counter if there is one; otherwise only a slowdown that is new and still active at the end counts. */
function throttledBetween(before: GpuState | undefined, after: GpuState): 0 | 1 | null {
  const slowed = difference(after.slowedMicroseconds, before?.slowedMicroseconds ?? null);
  if (slowed !== null) return slowed > 0 ? 1 : 0;
  if (after.slowdowns === null) return null;
  return after.slowdowns.some((reason) => !before?.slowdowns?.includes(reason)) ? 1 : 0;
}

/** Null if no sample has evidence. Results of earlier versions lack some fields. */
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

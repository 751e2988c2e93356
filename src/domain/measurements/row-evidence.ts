import { highest, lowest, sum } from './counters.ts';
import type { Evidence } from './evidence.ts';
import type { ProcessLimits } from '../servers/process-limits.ts';

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
  /** Of the sample with the least of it. Left out by earlier versions, as all that follows. */
  ownCpu?: number | null;
  stoodStill?: number | null;
  throttled?: number | null;
  limits?: ProcessLimits | null;
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
    ...heldBack(known),
  };
}

/** An activity of an earlier version tells none of it. */
function heldBack(known: readonly Partial<Evidence>[]): Partial<RowEvidence> {
  const all = (key: 'ownCpu' | 'stoodStill' | 'throttled'): (number | null)[] => known.map((each) => each[key] ?? null);
  return {
    ownCpu: rounded(lowest(all('ownCpu'))),
    stoodStill: rounded(highest(all('stoodStill'))),
    throttled: rounded(highest(all('throttled'))),
    limits: known.find((each) => each.limits)?.limits ?? null,
  };
}

function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1000) / 1000;
}

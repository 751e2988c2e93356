import type { RunSelection } from '../../domain/plans/plan.ts';

/** `a sample of 43: the same servers again with --sample 5 --seed 12345`; null where nothing was sampled. */
export function sampleText({ of, sample, seed }: RunSelection): string | null {
  return sample === null ? null : `a sample of ${of}: the same servers again with --sample ${sample} --seed ${seed}`;
}

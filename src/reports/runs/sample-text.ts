import type { RunSelection } from '../../domain/plans/plan.ts';

/** `random sample of 43 servers; select the same ones with --sample 5 --seed 12345`; null without a sample. */
export function sampleText({ of, sample, seed }: RunSelection): string | null {
  return sample === null
    ? null
    : `random sample of ${of} servers; select the same ones with --sample ${sample} --seed ${seed}`;
}

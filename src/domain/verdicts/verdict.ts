/** `fail` is the only verdict that blames the hardware; `error`: something expected could not be judged. */
export const verdicts = ['pass', 'fail', 'error', 'measured', 'skip', 'busy', 'cancelled', 'not_reached'] as const;

export type Verdict = (typeof verdicts)[number];

/** A benchmark is never busy or not reached: those are verdicts of a whole server. */
export type BenchmarkVerdict = Extract<Verdict, 'pass' | 'fail' | 'error' | 'measured' | 'skip'>;

const worstFirst: readonly BenchmarkVerdict[] = ['fail', 'error', 'pass', 'measured', 'skip'];

/** The verdict of a server: the worst of its benchmarks; `skip` without any. */
export function worstVerdict(of: readonly BenchmarkVerdict[]): BenchmarkVerdict {
  return worstFirst.find((verdict) => of.includes(verdict)) ?? 'skip';
}

/** Servers by verdict; together they are all servers. */
export type VerdictCounts = Record<Verdict, number>;

export function countVerdicts(of: readonly Verdict[]): VerdictCounts {
  const counts = Object.fromEntries(verdicts.map((verdict) => [verdict, 0])) as VerdictCounts;
  for (const verdict of of) counts[verdict] += 1;
  return counts;
}

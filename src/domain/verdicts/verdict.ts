/**
 * What a benchmark or a server came to.
 *
 * `fail` is the only verdict that blames the hardware; `error` says that something expected could not be judged.
 */
export const verdicts = ['pass', 'fail', 'error', 'measured', 'skip', 'busy', 'cancelled', 'not_reached'] as const;

export type Verdict = (typeof verdicts)[number];

/** A benchmark is never busy or not reached: those are verdicts of a whole server. */
export type BenchmarkVerdict = Extract<Verdict, 'pass' | 'fail' | 'error' | 'measured' | 'skip'>;

const worstFirst: readonly BenchmarkVerdict[] = ['fail', 'error', 'pass', 'measured', 'skip'];

/** A server's verdict: the worst of its benchmarks. Nothing measured at all is a `skip`. */
export function worstVerdict(of: readonly BenchmarkVerdict[]): BenchmarkVerdict {
  return worstFirst.find((verdict) => of.includes(verdict)) ?? 'skip';
}

/** How many servers came to which verdict. Every verdict has a number, and together they are all servers. */
export type VerdictCounts = Record<Verdict, number>;

export function countVerdicts(of: readonly Verdict[]): VerdictCounts {
  const counts = Object.fromEntries(verdicts.map((verdict) => [verdict, 0])) as VerdictCounts;
  for (const verdict of of) counts[verdict] += 1;
  return counts;
}

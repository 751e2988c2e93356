/** Only `fail` blames the hardware; `error` means that something expected could not be judged. */
export const verdicts = ['pass', 'fail', 'error', 'measured', 'skip', 'busy', 'cancelled', 'not_reached'] as const;

export type Verdict = (typeof verdicts)[number];

/** Verdicts that say nothing about the hardware, though something was expected of the server. */
export const unjudged = ['error', 'busy', 'cancelled', 'not_reached'] as const satisfies readonly Verdict[];

export function isUnjudged(verdict: Verdict): boolean {
  return (unjudged as readonly Verdict[]).includes(verdict);
}

/** `busy`, `cancelled` and `not_reached` are verdicts of a whole server only. */
export type BenchmarkVerdict = Extract<Verdict, 'pass' | 'fail' | 'error' | 'measured' | 'skip'>;

const worstFirst: readonly BenchmarkVerdict[] = ['fail', 'error', 'pass', 'measured', 'skip'];

/** The verdict of a server: that of its worst benchmark; `skip` if it has none. */
export function worstVerdict(of: readonly BenchmarkVerdict[]): BenchmarkVerdict {
  return worstFirst.find((verdict) => of.includes(verdict)) ?? 'skip';
}

/** Number of servers by verdict; the sum is the number of all servers. */
export type VerdictCounts = Record<Verdict, number>;

export function countVerdicts(of: readonly Verdict[]): VerdictCounts {
  const counts = Object.fromEntries(verdicts.map((verdict) => [verdict, 0])) as VerdictCounts;
  for (const verdict of of) counts[verdict] += 1;
  return counts;
}

/** How many servers could not be judged. */
export function countUnjudged(counts: VerdictCounts): number {
  return unjudged.reduce((sum, verdict) => sum + counts[verdict], 0);
}

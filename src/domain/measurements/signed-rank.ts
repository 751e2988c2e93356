/** Up to this many pairs the p value is exact; above, the normal distribution is close enough. */
const MAX_EXACT = 50;

/**
 * The two-sided p value of the Wilcoxon signed-rank test: how probable differences at least as one-sided as these are if both
 * runs measured the same. Pairs without a difference do not count, and equal differences share their mean rank. Exact for few
 * pairs, also with equal differences; else by the normal distribution with corrections for ties and for continuity.
 * @see Wilcoxon, Individual Comparisons by Ranking Methods, Biometrics Bulletin 1 (1945), https://doi.org/10.2307/3001968
 * @see Pratt and Gibbons, Concepts of Nonparametric Theory (1981), chapter 3
 * @returns 1 without any difference
 */
export function signedRankP(differences: readonly number[]): number {
  const counted = differences.filter((each) => each !== 0);
  if (counted.length === 0) return 1;
  const ranks = doubledRanks(counted.map(Math.abs));
  const positive = ranks.reduce((sum, rank, index) => (counted[index]! > 0 ? sum + rank : sum), 0);
  const total = ranks.reduce((a, b) => a + b, 0);
  const smaller = Math.min(positive, total - positive);
  return Math.min(1, 2 * (counted.length <= MAX_EXACT ? exactTail(ranks, smaller) : normalTail(ranks, smaller, total)));
}

/** Twice the ranks of the values, so that the mean rank of equal values is whole. */
function doubledRanks(values: readonly number[]): number[] {
  const order = values.map((_, index) => index).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Array<number>(values.length).fill(0);
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && values[order[to]!] === values[order[from]!]) to += 1;
    for (let place = from; place < to; place += 1) ranks[order[place]!] = from + 1 + to;
  }
  return ranks;
}

/** The share of all choices of signs whose positive ranks have at most this sum. */
function exactTail(ranks: readonly number[], sum: number): number {
  let shares = new Map([[0, 1]]);
  for (const rank of ranks) {
    const next = new Map<number, number>();
    for (const [of, share] of shares) {
      for (const reached of [of, of + rank]) next.set(reached, (next.get(reached) ?? 0) + share / 2);
    }
    shares = next;
  }
  return [...shares].reduce((total, [of, share]) => (of <= sum ? total + share : total), 0);
}

function normalTail(ranks: readonly number[], sum: number, total: number): number {
  const deviation = Math.sqrt(ranks.reduce((squares, rank) => squares + rank * rank, 0)) / 2;
  return normal(Math.min(0, (sum + 1 - total / 2) / deviation));
}

/**
 * The standard normal distribution function for z of at most 0.
 * @see Abramowitz and Stegun, Handbook of Mathematical Functions (1964), 7.1.26: error below 1.5e-7
 */
function normal(z: number): number {
  const x = -z / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const series = [1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592];
  return (series.reduce((sum, each) => sum * t + each, 0) * t * Math.exp(-x * x)) / 2;
}

/** Longer words are not compared, because that takes too long. */
const MAX_WORD_LENGTH = 100;
/** Compared pairs of letters: some tenths of a second. In a longer list, the nearest word may be missed. */
const MAX_PAIRS = 20_000_000;

/** The most similar word, in which at most a third of the letters differ; else null. */
export function nearestWord(word: string, words: Iterable<string>): string | null {
  if (word.length > MAX_WORD_LENGTH) return null;
  let nearest: string | null = null;
  let pairs = 0;
  let maxDistance = Math.max(1, Math.floor(word.length / 3));
  for (const candidate of words) {
    if (Math.abs(candidate.length - word.length) > maxDistance) continue;
    pairs += word.length * candidate.length;
    if (pairs > MAX_PAIRS) break;
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance <= maxDistance) [nearest, maxDistance] = [candidate, distance - 1];
  }
  return nearest;
}

/** `; did you mean "samples"?`, or nothing. */
export function didYouMean(word: string, words: Iterable<string>): string {
  const nearest = nearestWord(word, words);
  return nearest === null ? '' : `; did you mean "${nearest}"?`;
}

/** The optimal string alignment distance: insertions, deletions, replacements, and swaps of neighbours. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min(last[column]! + 1, current[column - 1]! + 1, last[column - 1]! + (same ? 0 : 1));
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) cost = Math.min(cost, beforeLast[column - 2]! + 1);
      current.push(cost);
    }
    [beforeLast, last] = [last, current];
  }
  return last[b.length]!;
}

/** `*` matches anything, `?` one character. Backtracks to the last `*` only, so the time is bounded for any pattern. */
export function matchesPattern(text: string, pattern: string): boolean {
  const isPlain = !/[\ud800-\udfff]/.test(text + pattern);
  return isPlain ? matches(text, pattern) : matches(Array.from(text), Array.from(pattern));
}

function matches(text: ArrayLike<string>, pattern: ArrayLike<string>): boolean {
  let [at, here] = [0, 0];
  let [star, resume] = [-1, 0];
  while (at < text.length) {
    if (pattern[here] === '*') [star, resume, here] = [here, at, here + 1];
    else if (here < pattern.length && (pattern[here] === '?' || pattern[here] === text[at]))
      [at, here] = [at + 1, here + 1];
    else if (star >= 0) [resume, at, here] = [resume + 1, resume + 1, star + 1];
    else return false;
  }
  while (pattern[here] === '*') here += 1;
  return here === pattern.length;
}

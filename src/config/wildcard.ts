import { nearestWord } from './nearest-word.ts';

export function hasWildcard(text: string): boolean {
  return /[*?]/.test(text);
}

/** `*` is anything, `?` one character. Never backtracks over more than the last `*`, so no pattern takes long. */
export function matchesPattern(text: string, pattern: string): boolean {
  let [at, here] = [0, 0];
  let [star, resume] = [-1, 0];
  while (at < text.length) {
    if (pattern[here] === '*') [star, resume, here] = [here, at, here + 1];
    else if (here < pattern.length && (pattern[here] === '?' || pattern[here] === text[at]))
      [at, here] = [at + 1, here + 1];
    else if (star >= 0) [resume, at, here] = [resume + 1, resume + 1, star + 1];
    else return false;
  }
  return /^\**$/.test(pattern.slice(here));
}

/** The pattern that was probably meant, its beginning or its end corrected; null if none is near. */
export function nearestPattern(pattern: string, names: readonly string[]): string | null {
  const [head = ''] = /^[^*?]*/.exec(pattern) ?? [];
  const [tail = ''] = /[^*?]*$/.exec(pattern) ?? [];
  const begin = nearestWord(head, new Set(names.map((name) => name.slice(0, head.length))));
  const end = nearestWord(tail, new Set(names.map((name) => name.slice(Math.max(0, name.length - tail.length)))));
  const near: string[] = [];
  if (head !== '' && begin !== null) near.push(begin + pattern.slice(head.length));
  if (tail !== '' && end !== null) near.push(pattern.slice(0, -tail.length) + end);
  return near.find((each) => names.some((name) => matchesPattern(name, each))) ?? null;
}

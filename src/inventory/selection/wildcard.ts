import { matchesPattern } from '../../domain/values/wildcards.ts';
import { nearestWord } from '../../source/nearest-word.ts';

export function hasWildcard(text: string): boolean {
  return /[*?]/.test(text);
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

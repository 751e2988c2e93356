import { didYouMean } from '../source/nearest-word.ts';
import type { Path, Problem } from '../source/problem.ts';
import { jsonPathProblem } from './json-path.ts';
import { groupsOf, matchesEmptyText } from './regular-expression.ts';

export const MATCHES_ALL =
  'matches an empty text, and so every output; remove an empty alternative such as "FAIL|", or write + in place of *';

/**
 * Problems of a pattern that finds something. Missing: none.
 * @param groups - the names of groups that have a meaning
 */
export function patternProblems(pattern: string | undefined, path: Path, groups: readonly string[]): Problem[] {
  if (pattern === undefined) return [];
  const { names, problem } = groupsOf(pattern);
  if (problem !== null) return [{ path, message: problem }];
  const unknown = names.find((name) => !groups.includes(name));
  return unknown === undefined ? [] : [{ path, message: unknownGroup(unknown, groups) }];
}

/** Like {@link patternProblems}, for a pattern that says something by matching. */
export function signProblems(pattern: string | undefined, path: Path, groups: readonly string[]): Problem[] {
  const problems = patternProblems(pattern, path, groups);
  if (problems.length > 0 || pattern === undefined || !matchesEmptyText(pattern)) return problems;
  return [{ path, message: MATCHES_ALL }];
}

/** Problems of a JSONPath. Missing: none. */
export function jsonPathProblems(written: string | undefined, path: Path): Problem[] {
  const problem = written === undefined ? null : jsonPathProblem(written);
  return problem === null ? [] : [{ path, message: problem }];
}

function unknownGroup(name: string, groups: readonly string[]): string {
  const group = `has a group (?<${name}>...), but`;
  const last = groups.at(-1);
  if (last === undefined) return `${group} names of groups have no meaning here; write (?:...)`;
  const known = groups.length === 1 ? `${last} has` : `${groups.slice(0, -1).join(', ')} and ${last} have`;
  const meant = groups.find((each) => each.startsWith(name.toLowerCase())) ?? name;
  return `${group} only ${known} a meaning${didYouMean(meant, groups)}`;
}

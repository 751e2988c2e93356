import { isAlias, isMap, isNode, isScalar, isSeq } from 'yaml';
import type { Position, YamlText } from './parse-yaml.ts';
import { keyText } from './plain-value.ts';
import { MAX_PLACED_PROBLEMS, problemText, type Path, type Problem } from '../problem.ts';

/**
 * Problems as lines, `fleetmark.yaml:7:5: ...`, in the order of the text, and the number of those without a line.
 * @param file null if there is none
 * @param further problems; those that may be consequences of `problems` are left out
 */
export function problemLines(
  file: string | null,
  yaml: YamlText,
  problems: readonly Problem[],
  further: readonly Problem[]
): { lines: string[]; more: number } {
  const first = problems.slice(0, MAX_PLACED_PROBLEMS);
  const second = further.slice(0, MAX_PLACED_PROBLEMS).filter((problem) => !follows(problem, first));
  const more = [problems, further].reduce((sum, { length }) => sum + Math.max(length - MAX_PLACED_PROBLEMS, 0), 0);
  const lines = [...first, ...second]
    .map((problem) => ({ problem, ...locateProblem(yaml, problem) }))
    .sort((a, b) => a.line - b.line || a.column - b.column)
    .map(({ problem, line, column }) => {
      const position = file === null ? 'fleetmark.yaml (not found)' : `${file}:${line}:${column}`;
      return `${position}: ${problemText(problem)}`;
    });
  return { lines, more };
}

/** Whether a problem may be a consequence of a known one, because one of the two values contains the other. */
function follows({ path }: Problem, known: readonly Problem[]): boolean {
  return known.some(({ path: other }) => {
    if (path.length === 0) return other.length <= 1;
    const shorter = Math.min(path.length, other.length);
    return path.slice(0, shorter).join('\n') === other.slice(0, shorter).join('\n');
  });
}

/** The position of a problem in the text. For a path that does not exist, the position of its nearest parent. */
export function locateProblem(yaml: YamlText, { path, atKey }: Problem): Position {
  let node: unknown = yaml.root;
  let offset = startOf(yaml.root) ?? 0;
  for (const [index, step] of path.entries()) {
    const last = index === path.length - 1;
    if (isMap(node)) {
      // For a duplicate key, the last one.
      const pair = node.items.findLast((item) => keyText(item) === step);
      if (!pair) break;
      offset = startOf(pair.key) ?? offset;
      if (!(last && atKey)) offset = startOf(pair.value) ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      offset = startOf(node) ?? offset;
    } else break;
    if (isAlias(node)) break;
  }
  return yaml.position(offset);
}

/** The line of a key. */
export function lineIn(yaml: YamlText, path: Path): number {
  return locateProblem(yaml, { path, message: '', atKey: true }).line;
}

/** Null for a missing or empty value: then the position of its key is better. */
function startOf(node: unknown): number | null {
  if (!isNode(node) || (isScalar(node) && node.value === null && !node.source)) return null;
  return node.range?.[0] ?? null;
}

/** The keys of a top-level section in their written order. Objects would put `10` before `web`. */
export function keysInOrder(yaml: YamlText, section: string): string[] {
  if (!isMap(yaml.root)) return [];
  const found = yaml.root.items.find((pair) => keyText(pair) === section)?.value;
  return isMap(found) ? [...new Set(found.items.flatMap((pair) => keyText(pair) ?? []))] : [];
}

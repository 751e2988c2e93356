import { isAlias, isMap, isNode, isScalar, isSeq } from 'yaml';
import type { Node } from 'yaml';
import type { Position, YamlText } from './parse-yaml.ts';
import { keyText } from './plain-value.ts';
import type { Path, Problem } from '../problem.ts';

/** Where a problem is in the text. Of a path that leads to nothing: the nearest thing around it. */
export function locateProblem(yaml: YamlText, { path, atKey }: Problem): Position {
  let node: unknown = yaml.root;
  let offset = startOf(yaml.root) ?? 0;
  for (const [index, step] of path.entries()) {
    const last = index === path.length - 1;
    if (isMap(node)) {
      // Of a key that is there twice, the second one.
      const pair = node.items.findLast((item) => keyText(item) === step);
      if (!pair) break;
      offset = startOf(pair.key) ?? offset;
      if (!(last && atKey)) offset = startOfValue(pair.value) ?? offset;
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

function startOf(node: unknown): number | null {
  return isNode(node) ? ((node as Node).range?.[0] ?? null) : null;
}

/** Nothing after the colon has a place too, but the key is the one to look at. */
function startOfValue(value: unknown): number | null {
  if (isScalar(value) && value.value === null && !value.source) return null;
  return startOf(value);
}

/** The keys of a map at the top, in the order in which they are written. Objects would put `10` before `web`. */
export function keysInOrder(yaml: YamlText, section: string): string[] {
  if (!isMap(yaml.root)) return [];
  const found = yaml.root.items.find((pair) => keyText(pair) === section)?.value;
  return isMap(found) ? [...new Set(found.items.flatMap((pair) => keyText(pair) ?? []))] : [];
}

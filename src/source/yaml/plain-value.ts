import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Alias,
  type Node,
  type Pair,
  type ParsedNode,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import { isTextKey } from './ambiguous-scalar.ts';
import { quoted, type Path, type Problem } from '../problem.ts';

/** Far above any real file, far below the size of nested aliases ("billion laughs"). */
const MAX_NODES_FROM_ALIASES = 500_000;
/** Anchors that are defined twice can contain each other. */
const MAX_DEPTH = 100;

interface PlainValue {
  value: unknown;
  problems: Problem[];
  /** Unquoted keys that Ansible may read as another type. */
  nonTextKeys: Set<string>;
}

/**
 * The value of a YAML tree, and its problems. Unlike the conversion of the library, it keeps keys as written (`01` is not
 * `1`), finds duplicate keys in one pass, and limits the expansion of aliases.
 */
export function plainValue(
  root: ParsedNode | null,
  valueOf: (scalar: Scalar) => unknown,
  mapOf: (entries: ReadonlyMap<string, unknown>) => unknown
): PlainValue {
  const problems: Problem[] = [];
  const nonTextKeys = new Set<string>();
  /** Null while its node is being converted. */
  const anchors = new Map<string, Node | null>();
  let fromAliases = 0;

  function convert(node: unknown, path: Path, unfolding: boolean): unknown {
    if (unfolding) fromAliases += path.length > MAX_DEPTH ? MAX_NODES_FROM_ALIASES : 1;
    if (fromAliases > MAX_NODES_FROM_ALIASES) return null;
    if (isAlias(node)) return unfold(node, path);
    if (!isMap(node) && !isSeq(node) && !isScalar(node)) return null;
    const anchor = unfolding ? undefined : node.anchor;
    if (anchor && anchors.has(anchor)) problems.push({ path, message: `duplicate anchor ${quoted(`&${anchor}`)}` });
    if (anchor) anchors.set(anchor, null);
    const value = isSeq(node)
      ? node.items.map((item, index) => convert(item, [...path, index], unfolding))
      : isMap(node)
        ? convertMap(node, path, unfolding)
        : valueOf(node);
    if (anchor) anchors.set(anchor, node);
    return value;
  }

  function convertMap(map: YAMLMap, path: Path, unfolding: boolean): unknown {
    const entries = new Map<string, unknown>();
    for (const pair of map.items) {
      const key = keyText(pair);
      const keyPath = [...path, key ?? '?'];
      if (key !== null && isScalar(pair.key) && pair.key.type === 'PLAIN' && !isTextKey(key)) nonTextKeys.add(key);
      if (key === null || key === '') problems.push({ path: keyPath, message: 'a key must be a string', atKey: true });
      else if (key === '__proto__') problems.push({ path: keyPath, message: 'is a reserved name', atKey: true });
      else if (!entries.has(key)) entries.set(key, convert(pair.value, keyPath, unfolding));
      else if (!unfolding) problems.push({ path: keyPath, message: 'duplicate key', atKey: true });
    }
    return mapOf(entries);
  }

  function unfold(alias: Alias, path: Path): unknown {
    const target = anchors.get(alias.source);
    if (target) return convert(target, path, true);
    const [name, anchor] = [quoted(`*${alias.source}`), quoted(`&${alias.source}`)];
    const where = target === null ? `is inside the anchor ${anchor} that it refers to` : `has no anchor ${anchor}`;
    problems.push({ path, message: `the alias ${name} ${where}` });
    return null;
  }

  const value = convert(root, [], false);
  if (fromAliases > MAX_NODES_FROM_ALIASES) problems.push({ path: [], message: 'has too many aliases' });
  return { value, problems, nonTextKeys };
}

/** A key as written, whatever its YAML type; null if it is not a scalar. */
export function keyText(pair: Pair): string | null {
  if (!isScalar(pair.key)) return null;
  return typeof pair.key.value === 'string' ? pair.key.value : (pair.key.source ?? null);
}

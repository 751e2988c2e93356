import type { AnsibleGroup } from './ansible-tree.ts';

const MAX_DEPTH = 100;

export interface GroupRank {
  /** Length of the longest path from `all`. */
  depth: number;
  /** All groups above it, `all` included. */
  ancestors: ReadonlySet<string>;
}

/**
 * How deep each group is below `all`, which is above every group that has no other above it.
 * @returns instead, the name of a group that is above itself, or too deep
 */
export function rankGroups(groups: ReadonlyMap<string, AnsibleGroup>): Map<string, GroupRank> | { wrong: string } {
  const parents = new Map<string, string[]>([...groups.keys()].map((name) => [name, []]));
  for (const [name, { children }] of groups) for (const child of children) parents.get(child)?.push(name);
  for (const [name, above] of parents) if (above.length === 0 && name !== 'all') above.push('all');

  const ranks = new Map<string, GroupRank>();
  let waiting = [...groups.keys()];
  // Each round places the groups whose parents are placed: as many rounds as there are levels.
  for (let round = 0; waiting.length > 0; round += 1) {
    const ready = waiting.filter((name) => parents.get(name)!.every((parent) => ranks.has(parent)));
    if (ready.length === 0 || round > MAX_DEPTH) return { wrong: waiting[0]! };
    const placed = ready.map((name): [string, GroupRank] => {
      const above = parents.get(name)!.map((parent) => [parent, ranks.get(parent)!] as const);
      const ancestors = new Set(above.flatMap(([parent, rank]) => [parent, ...rank.ancestors]));
      return [name, { depth: Math.max(-1, ...above.map(([, rank]) => rank.depth)) + 1, ancestors }];
    });
    for (const [name, rank] of placed) ranks.set(name, rank);
    waiting = waiting.filter((name) => !ranks.has(name));
  }
  return ranks;
}

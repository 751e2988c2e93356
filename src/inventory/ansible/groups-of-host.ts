import { quotedName } from '../../source/problem.ts';
import type { AnsibleGroup, AnsibleTree } from './ansible-tree.ts';

const MAX_DEPTH = 100;

interface Rank {
  /** Length of the longest path from `all`. */
  depth: number;
  /** All groups above it, `all` included. */
  ancestors: ReadonlySet<string>;
}

/**
 * The groups of a host, without `all`, in the order in which their variables override each other: by depth, then
 * `ansible_group_priority`, then name; the last one wins.
 * @returns null if the groups are not a hierarchy, which adds a mistake to the tree
 */
export function groupOrder(tree: AnsibleTree): ((host: string) => string[]) | null {
  const ranks = rankGroups(tree);
  if (ranks === null) return null;
  const directGroups = new Map<string, string[]>([...tree.hosts.keys()].map((host) => [host, []]));
  for (const [name, { hosts }] of tree.groups) for (const host of hosts) directGroups.get(host)?.push(name);
  const priorities = new Map([...tree.groups].map(([name, group]) => [name, priorityOf(group, tree)]));

  return (host) => {
    const direct = directGroups.get(host) ?? [];
    const all = new Set(direct.flatMap((group) => [group, ...ranks.get(group)!.ancestors]));
    all.delete('all');
    if (all.size > 1) all.delete('ungrouped');
    const rank = (name: string): number => ranks.get(name)!.depth;
    const byName = [...all].sort((a, b) => (a < b ? -1 : 1));
    return byName.sort((a, b) => rank(a) - rank(b) || priorities.get(a)! - priorities.get(b)!);
  };
}

function rankGroups({ groups, mistakes }: AnsibleTree): Map<string, Rank> | null {
  const parents = new Map<string, string[]>([...groups.keys()].map((name) => [name, []]));
  for (const [name, { children }] of groups) for (const child of children) parents.get(child)?.push(name);
  for (const [name, above] of parents) if (above.length === 0 && name !== 'all') above.push('all');

  const ranks = new Map<string, Rank>();
  let waiting = [...groups.keys()];
  // Each round ranks the groups whose parents have a rank: one round per level.
  for (let round = 0; waiting.length > 0; round += 1) {
    const ready = waiting.filter((name) => parents.get(name)!.every((parent) => ranks.has(parent)));
    if (ready.length === 0 || round > MAX_DEPTH) {
      const message = `the group ${quotedName(waiting[0]!)} is its own ancestor, or nested more than ${MAX_DEPTH} levels`;
      mistakes.push({ place: groups.get(waiting[0]!)!.place, message });
      return null;
    }
    for (const name of ready) {
      const above = parents.get(name)!.map((parent) => [parent, ranks.get(parent)!] as const);
      const ancestors = new Set(above.flatMap(([parent, rank]) => [parent, ...rank.ancestors]));
      ranks.set(name, { depth: Math.max(-1, ...above.map(([, rank]) => rank.depth)) + 1, ancestors });
    }
    waiting = waiting.filter((name) => !ranks.has(name));
  }
  return ranks;
}

function priorityOf({ variables }: AnsibleGroup, { mistakes }: AnsibleTree): number {
  const setting = variables.get('ansible_group_priority');
  if (!setting) return 1;
  if (/^[+-]?\d{1,9}$/.test(String(setting.value))) return Number(setting.value);
  mistakes.push({ place: setting.place, message: 'ansible_group_priority is not a whole number' });
  return 1;
}

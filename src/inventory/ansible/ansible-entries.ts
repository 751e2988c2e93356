import { isHost } from '../../source/hosts/host.ts';
import { MAX_PLACED_PROBLEMS, quotedName, type Path } from '../../source/problem.ts';
import { ServerIds, noConnection, type Inventory, type InventoryEntry } from '../entries/inventory.ts';
import type { AnsibleTree } from './ansible-tree.ts';
import { isElsewhere, type OutsideVariables, type SharedVariables } from './ansible-variables.ts';
import { groupOrder } from './groups-of-host.ts';
import { HostReader } from './host-reader.ts';

/**
 * The servers of an Ansible inventory, with the groups of `group_names`. Variables override each other in the order of
 * Ansible: groups in the inventory, `group_vars`, the host in the inventory, `host_vars`.
 */
export function entriesOfTree(
  tree: AnsibleTree,
  lineOf: (place: number | Path) => number,
  outside: OutsideVariables
): Inventory {
  const entries = readHosts(tree, outside);
  const placed = tree.mistakes.slice(0, MAX_PLACED_PROBLEMS).map(({ place, ...mistake }) => {
    return isElsewhere(place) ? { ...place, ...mistake } : { line: lineOf(place), ...mistake };
  });
  return {
    entries: tree.mistakes.length > 0 ? [] : entries,
    mistakes: placed.sort((a, b) => a.line - b.line),
    unplaced: tree.mistakes.length - placed.length,
  };
}

function readHosts(tree: AnsibleTree, outside: OutsideVariables): InventoryEntry[] {
  const groupsOf = groupOrder(tree);
  if (groupsOf === null) return [];
  const reader = new HostReader(outside);
  const shared = new Map<string, SharedVariables>();
  const ids = new ServerIds(tree.hosts.keys());
  const entries: InventoryEntry[] = [];
  for (const [name, host] of tree.hosts) {
    const mistake = (message: string): void => void tree.mistakes.push({ place: host.place, message });
    const inOrder = groupsOf(name);
    // Ansible would add the group of this name to ungrouped instead of the host.
    if (inOrder.length === 0 && tree.groups.has(name))
      mistake(`${name} is both a group and a host without a group; rename one`);
    if (inOrder.length === 0) inOrder.push('ungrouped');
    const groups = [...inOrder].sort((a, b) => (a < b ? -1 : 1));
    const { serverId, skip, twin } = ids.of(name);
    if (twin !== undefined) mistake(`${twin} and ${name} have the same server id; rename one`);

    const key = inOrder.join(' ');
    const ofGroups = shared.get(key) ?? reader.shared(inOrder, variablesOf(tree, inOrder));
    shared.set(key, ofGroups);
    const found = skip === undefined ? reader.read(name, ofGroups, host.variables) : { skip };
    if ('skip' in found) {
      entries.push({ ...noConnection, serverId, host: isHost(name) ? name : '', groups, skip: found.skip });
      continue;
    }
    const { connection, from, wrong } = found;
    if (connection.host === null && !isHost(name) && wrong.length === 0) {
      mistake(`${quotedName(name)} is not a host name; give it an ansible_host`);
    }
    entries.push({ serverId, ...connection, host: connection.host ?? name, groups, from });
  }
  tree.mistakes.push(...reader.mistakes());
  return entries;
}

function variablesOf({ groups }: AnsibleTree, inOrder: readonly string[]) {
  return ['all', ...inOrder].map((name) => groups.get(name)!.variables);
}

import { isServerId, SERVER_ID_RULE } from '../../domain/servers/server.ts';
import { isHost } from '../../source/hosts/host.ts';
import type { Path } from '../../source/problem.ts';
import { MAX_PLACED_PROBLEMS, quotedName } from '../../source/problem.ts';
import type { WrongSetting } from './ansible-connection.ts';
import { readConnection } from './ansible-connection.ts';
import type { AnsibleGroup, AnsibleTree } from './ansible-tree.ts';
import type { PlacedMistake, Setting, Variables } from './ansible-variables.ts';
import { mistakeAt } from './ansible-variables.ts';
import { factsOf, isElsewhere, merged, originsOf } from './outside-variables.ts';
import type { OutsideVariables } from './outside-variables.ts';
import type { GroupRank } from './group-ranks.ts';
import { rankGroups } from './group-ranks.ts';
import type { Inventory, InventoryEntry } from '../entries/inventory.ts';
import { idOfHost, standInId } from '../entries/inventory.ts';

interface SharedVariables {
  groups: string[];
  variables: Variables;
  /** In no group but all, not even in ungrouped as it is written. */
  isAlone: boolean;
  /** Of the files that these are in. */
  mistakes: PlacedMistake[];
}

/**
 * The servers of an Ansible inventory, with the groups of `group_names` and the variables that count for each, in the
 * order of Ansible: those of its groups, the deeper group and then the higher `ansible_group_priority` last, those of
 * `group_vars`, its own, and those of `host_vars`.
 */
export function entriesOfTree(
  tree: AnsibleTree,
  lineOf: (place: number | Path) => number,
  outside: OutsideVariables
): Inventory {
  const mistakes = [...tree.mistakes];
  const entries = readHosts(tree, mistakes, outside);
  const placed = mistakes.slice(0, MAX_PLACED_PROBLEMS).map(({ place, ...mistake }) => {
    return isElsewhere(place) ? { ...place, ...mistake } : { line: lineOf(place), ...mistake };
  });
  return {
    entries: mistakes.length > 0 ? [] : entries,
    mistakes: placed.sort((a, b) => a.line - b.line),
    unplaced: mistakes.length - placed.length,
  };
}

function readHosts(tree: AnsibleTree, mistakes: PlacedMistake[], outside: OutsideVariables): InventoryEntry[] {
  const ranks = rankGroups(tree.groups);
  if ('wrong' in ranks) {
    const message = `${quotedName(ranks.wrong)} is above itself, or nested too deep`;
    mistakes.push({ place: tree.groups.get(ranks.wrong)!.place, message: `the group ${message}` });
    return [];
  }
  const entries: InventoryEntry[] = [];
  const sharedOf = variablesByGroups(tree, ranks, mistakes, outside);
  const ofFiles = new Set<PlacedMistake>();
  const wrong = new Map<Setting, Map<string, string[]>>();
  const namesOfId = new Map<string, string>();
  const ids = new Set([...tree.hosts.keys()].map(idOfHost));
  for (const [name, host] of tree.hosts) {
    const shared = sharedOf(name);
    const own = outside.folders.flatMap(({ hosts }) => hosts.get(name) ?? []);
    const layers = [shared.variables, host.variables, ...own.map(({ variables }) => variables)];
    const { connection, from, wrong: found, otherPlugin } = readConnection(merged(layers), factsOf(name, outside));
    const ownId = idOfHost(name);
    const skip = whySkipped(name, ownId, otherPlugin);
    if (skip === null) {
      for (const each of found) note(wrong, each, name);
      for (const mistake of [...shared.mistakes, ...own.flatMap((each) => each.mistakes)]) ofFiles.add(mistake);
    }
    // Ansible would put the group of this name below ungrouped instead of the host.
    if (shared.isAlone && tree.groups.has(name)) {
      mistakes.push({ place: host.place, message: `${name} is a group, too, and in no group itself` });
    }
    const serverId = isServerId(ownId) ? ownId : standInId(name, (id) => ids.has(id));
    ids.add(serverId);
    const before = namesOfId.get(serverId);
    namesOfId.set(serverId, name);
    if (before !== undefined) mistakes.push({ place: host.place, message: `${before} and ${name} have the same id` });
    if (skip !== null) {
      entries.push({ ...unreached, serverId, host: isHost(name) ? name : '', groups: shared.groups, skip });
      continue;
    }
    if (connection.host === null && !isHost(name) && found.length === 0) {
      mistakes.push({ place: host.place, message: `${quotedName(name)} is no host name; give it an ansible_host` });
    }
    const origins = originsOf(from);
    entries.push({ serverId, ...connection, host: connection.host ?? name, groups: shared.groups, from: origins });
  }
  for (const [setting, messages] of wrong) {
    for (const [message, names] of messages) mistakes.push(mistakeAt(setting, `${few(names)}: ${message}`));
  }
  mistakes.push(...ofFiles);
  return entries;
}

/** What is known of a host that is not connected to. */
const unreached = { port: null, user: null, keyFile: null, hostKey: null, jumps: null, hardwareClass: null };

function whySkipped(name: string, id: string, otherPlugin: string | null): string | null {
  if (otherPlugin !== null) return `not reached by SSH: its ansible_connection is ${otherPlugin}`;
  return isServerId(id) ? null : `${quotedName(name)} is no server id: ${SERVER_ID_RULE}`;
}

/** Hosts in the same groups share what these say. */
function variablesByGroups(
  tree: AnsibleTree,
  ranks: Map<string, GroupRank>,
  mistakes: PlacedMistake[],
  { configured, folders }: OutsideVariables
): (host: string) => SharedVariables {
  const groupsOf = new Map<string, string[]>([...tree.hosts.keys()].map((host) => [host, []]));
  for (const [name, { hosts }] of tree.groups) for (const host of hosts) groupsOf.get(host)?.push(name);
  const priorities = new Map([...tree.groups].map(([name, group]) => [name, priorityOf(group, mistakes)]));
  const shared = new Map<string, SharedVariables>();

  return (host) => {
    const direct = groupsOf.get(host) ?? [];
    const key = direct.join(' ');
    const known = shared.get(key);
    if (known) return known;
    const all = new Set(direct.flatMap((group) => [group, ...ranks.get(group)!.ancestors]));
    all.delete('all');
    const isAlone = all.size === 0;
    if (isAlone) all.add('ungrouped');
    else if (all.size > 1) all.delete('ungrouped');
    const groups = [...all].sort(byCodeUnits);
    const depthOf = (name: string): number => ranks.get(name)!.depth;
    const inOrder = [...groups].sort((a, b) => depthOf(a) - depthOf(b) || priorities.get(a)! - priorities.get(b)!);
    const inFiles = [['all'], inOrder].flatMap((names) => {
      return folders.flatMap((folder) => names.flatMap((name) => folder.groups.get(name) ?? []));
    });
    const ofInventory = ['all', ...inOrder].map((name) => tree.groups.get(name)!.variables);
    const variables = merged([configured, ...ofInventory, ...inFiles.map((each) => each.variables)]);
    const found = { groups, variables, isAlone, mistakes: inFiles.flatMap((each) => each.mistakes) };
    shared.set(key, found);
    return found;
  };
}

function priorityOf(group: AnsibleGroup, mistakes: PlacedMistake[]): number {
  const setting = group.variables.get('ansible_group_priority');
  if (!setting) return 1;
  const priority = /^[+-]?\d{1,9}$/.test(String(setting.value)) ? Number(setting.value) : null;
  if (priority === null) mistakes.push({ place: setting.place, message: 'ansible_group_priority is no whole number' });
  return priority ?? 1;
}

function note(wrong: Map<Setting, Map<string, string[]>>, { setting, message }: WrongSetting, name: string): void {
  const messages = wrong.get(setting) ?? new Map<string, string[]>();
  wrong.set(setting, messages);
  const names = messages.get(message) ?? [];
  messages.set(message, names);
  names.push(name);
}

function few(names: readonly string[]): string {
  return names.length === 1 ? names[0]! : `${names[0]} and ${names.length - 1} more`;
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : 1;
}

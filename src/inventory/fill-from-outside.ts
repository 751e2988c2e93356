import { readConnection } from './ansible/ansible-connection.ts';
import type { InventoryEntry, InventoryMistake, Origin } from './entries/inventory.ts';
import { mistakeAt } from './ansible/ansible-variables.ts';
import { factsOf, isElsewhere, merged, originsOf } from './ansible/outside-variables.ts';
import type { OutsideVariables } from './ansible/outside-variables.ts';

/**
 * Fills in what a list of hosts leaves open: to Ansible it is an inventory, too, whose hosts are in no group but `all` and
 * `ungrouped`. What the list itself says counts more.
 * @returns a function that adds what is wrong to the mistakes, each once
 */
export function fillFromOutside(
  outside: OutsideVariables
): (entry: InventoryEntry, line: number, mistakes: InventoryMistake[]) => InventoryEntry {
  const { configured, folders } = outside;
  const ofAll = ['all', 'ungrouped'].flatMap((group) => folders.flatMap(({ groups }) => groups.get(group) ?? []));
  const shared = merged([configured, ...ofAll.map(({ variables }) => variables)]);
  const told = new Set<string>();

  return (entry, line, mistakes) => {
    const own = folders.flatMap(({ hosts }) => hosts.get(entry.host) ?? []);
    const origin: Origin = { line };
    const written = {
      ...(entry.user === null ? {} : { user: origin }),
      ...(entry.port === null ? {} : { port: origin }),
    };
    if (shared.size + ofAll.length + own.length === 0) return { ...entry, from: written };
    const variables = merged([shared, ...own.map((each) => each.variables)]);
    const { connection, from, wrong, otherPlugin } = readConnection(variables, factsOf(entry.host, outside));
    // As in every inventory, all else does not matter then.
    if (otherPlugin !== null) return { ...entry, skip: `not reached by SSH: its ansible_connection is ${otherPlugin}` };
    const found = wrong.map(({ setting, message }) => mistakeAt(setting, message));
    for (const { place, ...mistake } of [...found, ...[...ofAll, ...own].flatMap((each) => each.mistakes)]) {
      const at = isElsewhere(place) ? place : { line };
      const key = JSON.stringify([at, mistake]);
      if (!told.has(key)) mistakes.push({ ...at, ...mistake });
      told.add(key);
    }
    return {
      ...{ ...entry, ...connection, host: connection.host ?? entry.host },
      port: entry.port ?? connection.port,
      user: entry.user ?? connection.user,
      from: { ...originsOf(from), ...written },
    };
  };
}

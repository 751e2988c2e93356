import type { ConnectionPart } from '../../domain/servers/server.ts';
import type { FoundConnection } from './ansible-connection.ts';
import type { FilePlace, Place, PlacedMistake, Variables } from './ansible-variables.ts';
import type { Origin } from '../entries/inventory.ts';

/** The variables of one group or host in a folder of files, and what is wrong with these. */
export interface FileVariables {
  variables: Variables;
  mistakes: PlacedMistake[];
}

/** `group_vars` and `host_vars`, by the name of the group or host. */
export interface VariableFolder {
  groups: ReadonlyMap<string, FileVariables>;
  hosts: ReadonlyMap<string, FileVariables>;
}

/** What counts for the hosts of an inventory besides what it says itself. */
export interface OutsideVariables {
  /** Of ansible.cfg and the environment: what counts where no variable says anything. */
  configured: Variables;
  /** Beside the inventory, and then in the current folder, which counts more. */
  folders: readonly VariableFolder[];
  /** Variables that templates name. */
  wanted: ReadonlySet<string>;
  /** What Ansible says of every host: `inventory_dir`, `playbook_dir`. */
  facts: ReadonlyMap<string, string>;
}

export const nothingOutside: OutsideVariables = {
  ...{ configured: new Map(), folders: [], wanted: new Set(), facts: new Map() },
};

/** Layers of variables as one: the last one counts. */
export function merged(layers: readonly Variables[]): Variables {
  return new Map(layers.flatMap((variables) => [...variables]));
}

export function factsOf(host: string, { facts }: OutsideVariables): ReadonlyMap<string, string> {
  const short = host.split('.')[0] ?? host;
  return new Map([...facts, ['inventory_hostname', host], ['inventory_hostname_short', short]]);
}

export function isElsewhere(place: Place): place is FilePlace {
  return typeof place === 'object' && 'file' in place;
}

export function originsOf(from: FoundConnection['from']): Partial<Record<ConnectionPart, Origin>> {
  const origins = Object.entries(from).map(([part, { place, configured }]): [string, Origin] => {
    const origin = isElsewhere(place) ? place : { line: typeof place === 'number' ? place : null };
    return [part, configured === undefined ? origin : { ...origin, isDefault: true }];
  });
  return Object.fromEntries(origins);
}

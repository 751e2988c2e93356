import type { Path } from '../../source/problem.ts';

/** A line of another file than the inventory; 0: all of it, or no file but a variable of the environment. */
export interface FilePlace {
  file: string;
  line: number;
}

/** Where something is written: its line in the inventory, the keys that lead to it there, or another file. */
export type Place = number | Path | FilePlace;

export function isElsewhere(place: Place): place is FilePlace {
  return typeof place === 'object' && 'file' in place;
}

export interface Setting {
  value: unknown;
  place: Place;
  /** Its name in ansible.cfg or in the environment, where it applies to all hosts. */
  configured?: string;
}

/** By name. */
export type Variables = ReadonlyMap<string, Setting>;

/** What is wrong where variables are written. */
export interface PlacedMistake {
  place: Place;
  message: string;
  onlyAnsible?: true;
}

/** The variables of a group or host in files, or of all that a host shares with others. */
export interface SharedVariables {
  variables: Variables;
  mistakes: readonly PlacedMistake[];
}

/** `group_vars` and `host_vars`, by the name of the group or host. */
export interface VariableFolder {
  groups: ReadonlyMap<string, SharedVariables>;
  hosts: ReadonlyMap<string, SharedVariables>;
}

/** What applies to the hosts of an inventory besides what it says itself. */
export interface OutsideVariables {
  /** Of ansible.cfg and the environment: every other variable overrides them. */
  configured: Variables;
  /** Beside the inventory, and then in the current folder, which overrides it. */
  folders: readonly VariableFolder[];
  /** Names of variables in templates. */
  wanted: ReadonlySet<string>;
  /** Set by Ansible itself: `inventory_dir`, `playbook_dir`. They override all others. */
  facts: Variables;
}

export const nothingOutside: OutsideVariables = {
  ...{ configured: new Map(), folders: [], wanted: new Set(), facts: new Map() },
};

/** A variable that Ansible itself sets. */
export function fact(name: string, value: string): [string, Setting] {
  return [name, { value, place: 0 }];
}

/** Whether a value is for Jinja, the templates of Ansible. */
export function isTemplate(text: string): boolean {
  return /\{[{%#]/.test(text);
}

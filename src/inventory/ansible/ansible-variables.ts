import type { Path } from '../../source/problem.ts';

/** A line of another file than the inventory. Line 0 is the whole file, or an environment variable. */
export interface FilePlace {
  file: string;
  line: number;
}

/** A position: a line of the inventory, a path of keys in the inventory, or another file. */
export type Place = number | Path | FilePlace;

export function isElsewhere(place: Place): place is FilePlace {
  return typeof place === 'object' && 'file' in place;
}

export interface Setting {
  value: unknown;
  place: Place;
  /** For a setting of ansible.cfg or the environment, which applies to all hosts: its name there. */
  configured?: string;
}

/** By name. */
export type Variables = ReadonlyMap<string, Setting>;

/** A mistake and its position. */
export interface PlacedMistake {
  place: Place;
  message: string;
  needsAnsible?: true;
}

/** Variables of a group or host from files, or those that several hosts share. */
export interface SharedVariables {
  variables: Variables;
  mistakes: readonly PlacedMistake[];
}

/** `group_vars` and `host_vars`, by the name of the group or host. */
export interface VariableFolder {
  groups: ReadonlyMap<string, SharedVariables>;
  hosts: ReadonlyMap<string, SharedVariables>;
}

/** Variables that are not set in the inventory itself. */
export interface OutsideVariables {
  /** From ansible.cfg and the environment: every other variable overrides them. */
  configured: Variables;
  /** First the folder of the inventory, then the current folder, which overrides it. */
  folders: readonly VariableFolder[];
  /** Names of variables that templates refer to. */
  wanted: ReadonlySet<string>;
  /** Set by Ansible itself: `inventory_dir`, `playbook_dir`. They override all others. */
  facts: Variables;
}

export const nothingOutside: OutsideVariables = {
  ...{ configured: new Map(), folders: [], wanted: new Set(), facts: new Map() },
};

/** A variable that Ansible sets. */
export function fact(name: string, value: string): [string, Setting] {
  return [name, { value, place: 0 }];
}

/** Whether a value contains Jinja, the template language of Ansible. */
export function isTemplate(text: string): boolean {
  return /\{[{%#]/.test(text);
}

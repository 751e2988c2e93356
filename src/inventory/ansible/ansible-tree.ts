import { isIPv6 } from 'node:net';
import { expandBrackets, expandRange, MAX_NAME_LENGTH, MAX_NAMES } from '../entries/brackets.ts';
import { quotedName } from '../../source/problem.ts';
import { isTemplate, type Place, type PlacedMistake, type Setting } from './ansible-variables.ts';
import { readVariableNames } from './connection-variables.ts';

export interface AnsibleGroup {
  hosts: Set<string>;
  children: Set<string>;
  variables: Map<string, Setting>;
  place: Place;
}

export interface AnsibleHost {
  variables: Map<string, Setting>;
  place: Place;
}

/** The groups and hosts of an Ansible inventory by name, and its mistakes. */
export interface AnsibleTree {
  /** Names of variables that templates refer to. */
  wanted: ReadonlySet<string>;
  groups: Map<string, AnsibleGroup>;
  hosts: Map<string, AnsibleHost>;
  /** The number of names from ranges so far, duplicates included. */
  expanded: number;
  mistakes: PlacedMistake[];
}

/** Every server in ten groups, each with ranges. */
const MAX_EXPANDED_NAMES = 10 * MAX_NAMES;

/** @param wanted names of variables that templates refer to */
export function emptyTree(wanted: ReadonlySet<string>): AnsibleTree {
  const tree: AnsibleTree = { wanted, groups: new Map(), hosts: new Map(), expanded: 0, mistakes: [] };
  addGroup(tree, 'all', []);
  addGroup(tree, 'ungrouped', []);
  return tree;
}

export function addGroup(tree: AnsibleTree, name: string, place: Place): AnsibleGroup {
  const known = tree.groups.get(name);
  if (known) return known;
  if (!/^(?!__proto__$)[\p{L}\p{Nd}_][\p{L}\p{M}\p{Nd}._-]{0,99}$/u.test(name)) {
    const what = isTemplate(name) ? 'is a template, not a group name' : 'is not a valid group name';
    tree.mistakes.push({
      place,
      message: `${quotedName(name)} ${what}: letters, digits, ".", "_" and "-", at most 100 characters`,
    });
  }
  const group = { hosts: new Set<string>(), children: new Set<string>(), variables: new Map<string, Setting>(), place };
  tree.groups.set(name, group);
  return group;
}

/** Why a group cannot be the child of another one; null if it can. */
export function wrongChild(parent: string, child: string): string | null {
  if (child === 'all' || (child === 'ungrouped' && parent !== 'all')) return `${child} cannot be below another group`;
  return parent === 'ungrouped' ? 'ungrouped is for servers without a group, and has no children' : null;
}

/**
 * A host name that may end in `:port`, as in parse_address of ansible/parsing/utils/addresses.py. In any other, `:22`
 * is part of the name.
 */
const HOST_BEFORE_PORT = /^\w[\w-]*(?<![_-])(?:\.\w[\w-]*(?<![_-]))*$/;

/** @returns the host names of a pattern such as `web[01:20]:2222`; empty if the pattern is invalid */
export function addHosts(tree: AnsibleTree, pattern: string, group: AnsibleGroup, place: Place): string[] {
  if (pattern.length > MAX_NAME_LENGTH) {
    tree.mistakes.push({ place, message: `${quotedName(pattern)} is too long for a host` });
    return [];
  }
  if (tree.expanded > MAX_EXPANDED_NAMES) {
    tree.mistakes.push({ place, message: `the ranges so far expand to more than ${MAX_EXPANDED_NAMES} names` });
    return [];
  }
  if (/\[[a-z]:[a-z](?::\d+)?\]/i.test(pattern)) {
    const message = `${quotedName(pattern)} has a range of letters, which only Ansible expands; list the names`;
    tree.mistakes.push({ place, message, needsAnsible: true });
    return [];
  }
  const [, bracketed, plain, digits] = /^(?:\[([^[\]]+)\]|((?:[^:[\]]|\[[^\]]*\])*)):(\d{1,9})$/.exec(pattern) ?? [];
  const names = bracketed === undefined ? expandRanges(plain ?? pattern) : [bracketed];
  if (!('problem' in names) && names.length > 1) tree.expanded += names.length;
  const problem =
    'problem' in names ? names.problem : (wrongHost(tree, pattern, names) ?? wrongPort(pattern, names, digits));
  if ('problem' in names || problem !== null) {
    tree.mistakes.push({ place, message: problem ?? '' });
    return [];
  }
  const port = digits === undefined ? null : Number(digits);
  for (const name of names) placeHost(tree, name, port, group, place);
  return names;
}

/** `web[01:20]`, `web[1:9:2]` for every second one. An empty range (`[3:1]`), which Ansible drops, is a problem. */
function expandRanges(pattern: string): string[] | { problem: string } {
  if (/\[[^\]]*$/.test(pattern)) return { problem: `${quotedName(pattern)} has a "[" without a "]"` };
  return expandBrackets(pattern, /\[([^\]]*)\]/, (inside) => {
    const [, begin, end, step = '1'] = /^(\d{1,9}):(\d{1,9})(?::(\d{1,9}))?$/.exec(inside) ?? [];
    const shown = `[${inside}]`;
    if (begin === undefined || end === undefined) {
      return { problem: `${quotedName(shown)} is not a range such as [1:8] or [01:20]` };
    }
    return expandRange(begin, end, step, shown);
  });
}

function wrongPort(pattern: string, names: readonly string[], digits: string | undefined): string | null {
  if (digits === undefined || names.every((name) => HOST_BEFORE_PORT.test(name) || isIPv6(name))) return null;
  return `${quotedName(pattern)} is not host:port to Ansible; write ansible_port=...`;
}

/** Adds a host with exactly this name, without expanding ranges. */
export function addHost(tree: AnsibleTree, name: string, group: AnsibleGroup, place: Place): void {
  const problem =
    name.length > MAX_NAME_LENGTH ? `${quotedName(name)} is too long for a host` : wrongHost(tree, name, [name]);
  if (problem === null) placeHost(tree, name, null, group, place);
  else tree.mistakes.push({ place, message: problem });
}

function placeHost(tree: AnsibleTree, name: string, port: number | null, group: AnsibleGroup, place: Place): void {
  group.hosts.add(name);
  if (tree.hosts.has(name)) return;
  const variables: AnsibleHost['variables'] = new Map();
  if (port !== null) variables.set('ansible_port', { value: port, place });
  tree.hosts.set(name, { variables, place });
}

/** Sets a variable of a group or host. As in Ansible, a host with the name of a group sets it on the group. */
export function setVariable(tree: AnsibleTree, entity: string, variable: string, value: unknown, place: Place): void {
  const variables = (tree.groups.get(entity) ?? tree.hosts.get(entity))?.variables;
  if (variables) keepVariable(tree, variables, variable, value, place);
}

/** Keeps variables of connections, and those that templates name. Drops all others, including passwords. */
export function keepVariable(
  { wanted }: AnsibleTree,
  variables: AnsibleHost['variables'],
  name: string,
  value: unknown,
  place: Place
): void {
  if (readVariableNames.has(name) || wanted.has(name)) variables.set(name, { value, place });
}

function wrongHost(tree: AnsibleTree, pattern: string, names: readonly string[]): string | null {
  if (tree.hosts.size + names.length > MAX_NAMES) return `more than ${MAX_NAMES} servers`;
  if (names.includes('all')) return '"all" is reserved for the group of all servers; rename this host';
  return wrongName(pattern);
}

/** Why a pattern cannot be a host. A host name that is not a valid server id is skipped later, with a row. */
function wrongName(pattern: string): string | null {
  if (isTemplate(pattern)) return `${quotedName(pattern)} is a template, which only Ansible can fill in`;
  const variable = /^([A-Za-z_]\w{0,59})\s*=/.exec(pattern)?.[1];
  // The value may be a password.
  if (variable !== undefined)
    return `${variable}=... is a variable where a host is expected; those go under [group:vars]`;
  if (pattern.endsWith(':')) return `${quotedName(pattern)} ends in ":" without a port`;
  if (/[\s\p{C}\p{Default_Ignorable_Code_Point}]/u.test(pattern)) {
    return `${quotedName(pattern)} is not a host: names contain neither blanks nor invisible characters`;
  }
  if (pattern.includes('=')) return `${quotedName(pattern)} contains a variable where only a host is expected`;
  return pattern.includes('@') ? `${quotedName(pattern)} is not a host; write the user as ansible_user=...` : null;
}

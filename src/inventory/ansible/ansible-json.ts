import { lineIn } from '../../source/yaml/locate-problem.ts';
import { parseYaml, type YamlText } from '../../source/yaml/parse-yaml.ts';
import { quotedName, type Path } from '../../source/problem.ts';
import { entriesOfTree } from './ansible-entries.ts';
import { addGroup, addHost, emptyTree, keepVariable, wrongChild, type AnsibleTree } from './ansible-tree.ts';
import { readAnsibleYaml } from './ansible-yaml.ts';
import type { Inventory } from '../entries/inventory.ts';
import { nothingOutside, type OutsideVariables } from './ansible-variables.ts';

type Keys = Record<string, unknown>;

/**
 * Reads the output of `ansible-inventory --list`, with or without `--export`, and of an inventory program:
 * `{"_meta": {"hostvars": {}}, "web": {"hosts": ["web-1"], "children": [], "vars": {}}, "db": ["db-1"]}`. JSON without
 * `_meta` and lists is read as YAML. Host names in lists are literal: `web[1:3]` is not a range. Refused, although
 * Ansible accepts it from a program: groups without hosts, children or vars, which it reads as hosts, and variables of
 * hosts that are in no group.
 */
export function readAnsibleJson(text: string, outside: OutsideVariables = nothingOutside): Inventory {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(FLOAT, '$1{}'));
  } catch {
    const line = parseYaml(text, 'json').syntaxError?.line ?? 1;
    return { entries: [], mistakes: [{ line, message: 'is not valid JSON' }], unplaced: 0 };
  }
  if (!isMap(value))
    return { entries: [], mistakes: [{ line: 1, message: 'must be a JSON object of groups' }], unplaced: 0 };
  if (!isList(value)) return readAnsibleYaml(text, outside);
  const tree = emptyTree(outside.wanted);
  readGroups(tree, value);
  let yaml: YamlText | null = null;
  return entriesOfTree(tree, (place) => lineIn((yaml ??= parseYaml(text)), place as Path), outside);
}

/** A number as a key is refused if Python would not read it as an integer; JSON.parse reads `1.0` as 1. */
const FLOAT = /("\w+"\s*:\s*)-?(?:0|[1-9]\d*)(?:\.\d+(?:e[-+]?\d+)?|e[-+]?\d+)/gi;

function isList(keys: Keys): boolean {
  if ('_meta' in keys) return true;
  return Object.values(keys).some((group) => {
    return Array.isArray(group) || (isMap(group) && [group['hosts'], group['children']].some(Array.isArray));
  });
}

function readGroups(tree: AnsibleTree, { _meta: meta, ...groups }: Keys): void {
  const mistake = (place: Path, message: string): void => void tree.mistakes.push({ place, message });
  for (const [name, written] of Object.entries(groups)) {
    const group = addGroup(tree, name, [name]);
    const keys = Array.isArray(written) ? { hosts: written } : written;
    const hostsPath = Array.isArray(written) ? [name] : [name, 'hosts'];
    if (!isMap(keys)) {
      mistake([name], `${quotedName(name)} must be a group: an object with hosts, children and vars`);
      continue;
    }
    if (Object.keys(keys).length === 0) {
      mistake([name], `${quotedName(name)} is empty, so Ansible would read it as a host; add "hosts": []`);
      continue;
    }
    const { hosts = [], children = [], vars = {}, ...rest } = keys;
    for (const key of Object.keys(rest)) mistake([name, key], `${quotedName(key)} is not a key of a group`);
    if (!isNames(hosts)) mistake(hostsPath, 'hosts must be a list of names');
    else for (const [index, host] of hosts.entries()) addHost(tree, host, group, [...hostsPath, index]);
    if (!isNames(children)) mistake([name, 'children'], 'children must be a list of names');
    else for (const child of children) readChild(tree, name, child, groups, mistake);
    if (!isMap(vars)) mistake([name, 'vars'], 'vars must be an object');
    else
      for (const [key, value] of Object.entries(vars))
        keepVariable(tree, group.variables, key, value, [name, 'vars', key]);
  }
  const hostVariables = meta === undefined ? {} : isMap(meta) ? meta['hostvars'] : null;
  if (!isMap(hostVariables)) return mistake(['_meta'], '_meta must hold hostvars, an object');
  for (const [host, variables] of Object.entries(hostVariables)) {
    const place = ['_meta', 'hostvars', host];
    const known = tree.hosts.get(host);
    if (!known) mistake(place, `${quotedName(host)} has variables, but is in no group`);
    else if (!isMap(variables)) mistake(place, `the variables of ${host} must be an object`);
    else
      for (const [key, value] of Object.entries(variables))
        keepVariable(tree, known.variables, key, value, [...place, key]);
  }
}

function readChild(
  tree: AnsibleTree,
  name: string,
  child: string,
  groups: Keys,
  mistake: (place: Path, message: string) => void
): void {
  const place = [name, 'children'];
  const wrong = wrongChild(name, child);
  if (wrong !== null) mistake(place, wrong);
  // ansible-inventory omits empty groups.
  addGroup(tree, child, Object.hasOwn(groups, child) ? [child] : place);
  tree.groups.get(name)!.children.add(child);
}

function isNames(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string');
}

function isMap(value: unknown): value is Keys {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import { didYouMean } from '../../source/nearest-word.ts';
import { parseYaml } from '../../source/yaml/parse-yaml.ts';
import { lineIn } from '../../source/yaml/locate-problem.ts';
import { quotedName, type Path, type Problem } from '../../source/problem.ts';
import { describe } from '../../source/schema-problems.ts';
import { entriesOfTree } from './ansible-entries.ts';
import { addGroup, addHosts, emptyTree, setVariable, wrongChild, type AnsibleTree } from './ansible-tree.ts';
import type { Inventory } from '../entries/inventory.ts';
import { nothingOutside, type OutsideVariables } from './ansible-variables.ts';
import { keysOf, mapOrNothing, withoutQuotation } from './yaml-map.ts';

const MAX_DEPTH = 40;
const SECTIONS = ['hosts', 'children', 'vars'];

/**
 * Reads an inventory in the YAML format of Ansible, by the rules of ansible/plugins/inventory/yaml.py. Refused, although
 * Ansible accepts it or skips it with a warning: unquoted names and values that YAML 1.1, YAML 1.2 and Python read
 * differently, unknown and duplicate keys, hosts that are not a map, and everything that is refused in INI.
 */
export function readAnsibleYaml(text: string, outside: OutsideVariables = nothingOutside): Inventory {
  const yaml = parseYaml(text, 'ansible');
  if (yaml.syntaxError) {
    const { line, message } = yaml.syntaxError;
    return { entries: [], mistakes: [{ line, message: withoutQuotation(message) }], unplaced: 0 };
  }
  const tree = emptyTree(outside.wanted);
  const { mistakes } = tree;
  for (const problem of yaml.problems) mistakes.push({ place: problem.path, message: withoutValues(problem) });
  const groups = keysOf(yaml.value);
  if (groups === null) {
    mistakes.push({ place: [], message: `must be a map of groups, such as all:, not ${describeKind(yaml.value)}` });
  } else if (groups.get('plugin')) {
    const message = 'configures an inventory plugin, which only Ansible can run';
    mistakes.push({ place: ['plugin'], message, needsAnsible: true });
  } else for (const [name, group] of groups) readGroup({ tree, nonTextKeys: yaml.nonTextKeys }, name, group, [name]);
  return entriesOfTree(tree, (place) => lineIn(yaml, place as Path), outside);
}

/** The problem without names and values, which may be part of a password. */
function withoutValues({ path, message, atKey }: Problem): string {
  if (path.length === 0) return `the file ${message}`;
  return atKey ? 'duplicate key, or one that is not a string' : 'undefined anchor, or one that is defined twice';
}

interface Reading {
  tree: AnsibleTree;
  nonTextKeys: ReadonlySet<string>;
}

/** Whether a key is a string to every YAML reader, and so a name; otherwise adds a mistake. */
function isName({ tree, nonTextKeys }: Reading, key: string, place: Path): boolean {
  if (!nonTextKeys.has(key)) return true;
  tree.mistakes.push({ place, message: `${quotedName(key)} is not a string to every YAML reader; quote it` });
  return false;
}

function readGroup(reading: Reading, name: string, value: unknown, path: Path): void {
  if (!isName(reading, name, path)) return;
  const { tree } = reading;
  const group = addGroup(tree, name, path);
  const keys = mapOrNothing(value);
  const mistake = (place: Path, message: string): void => void tree.mistakes.push({ place, message });
  if (keys === null) return mistake(path, `${quotedName(name)} must be a group: a map with hosts, children and vars`);
  if (path.length > MAX_DEPTH) return mistake(path, `${quotedName(name)} is nested too deep`);

  for (const [section, content] of keys) {
    const place = [...path, section];
    const isOne = typeof content === 'string' && section !== 'vars';
    const inside = isOne ? new Map([[content, null]]) : mapOrNothing(content);
    if (!SECTIONS.includes(section)) {
      const hint = didYouMean(section, SECTIONS) || '; use hosts, children and vars';
      mistake(place, `${quotedName(section)} is not a key of a group${hint}`);
    } else if (inside === null) mistake(place, `${section} must be a map, not ${describeKind(content)}`);
    else {
      for (const [key, each] of inside) {
        const at = [...place, key];
        const wrong = section === 'children' ? wrongChild(name, key) : null;
        if (wrong !== null) mistake(at, wrong);
        else if (section === 'hosts') readHost(reading, name, key, each, at);
        else if (section === 'vars') setVariable(tree, name, key, each, at);
        else {
          readGroup(reading, key, each, at);
          group.children.add(key);
        }
      }
    }
  }
}

function readHost(reading: Reading, groupName: string, pattern: string, value: unknown, place: Path): void {
  if (!isName(reading, pattern, place)) return;
  const { tree } = reading;
  const variables = mapOrNothing(value);
  if (variables === null) {
    tree.mistakes.push({ place, message: `${quotedName(pattern)} must be a map of variables, or empty` });
    return;
  }
  for (const host of addHosts(tree, pattern, tree.groups.get(groupName)!, place)) {
    for (const [variable, setting] of variables) setVariable(tree, host, variable, setting, [...place, variable]);
  }
}

/** The type of a value; never the value, which may be a secret. */
function describeKind(value: unknown): string {
  return typeof value === 'object' ? describe(value) : 'a string';
}

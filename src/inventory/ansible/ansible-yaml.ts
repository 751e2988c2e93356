import { didYouMean } from '../../source/nearest-word.ts';
import type { YamlText } from '../../source/yaml/parse-yaml.ts';
import { parseYaml } from '../../source/yaml/parse-yaml.ts';
import { lineIn } from '../../source/yaml/locate-problem.ts';
import type { Path, Problem } from '../../source/problem.ts';
import { quotedName } from '../../source/problem.ts';
import { describe } from '../../source/schema-problems.ts';
import { entriesOfTree } from './ansible-entries.ts';
import type { AnsibleTree } from './ansible-tree.ts';
import { addGroup, addHosts, emptyTree, setVariable, wrongChild } from './ansible-tree.ts';
import type { Inventory } from '../entries/inventory.ts';
import { nothingOutside } from './outside-variables.ts';
import type { OutsideVariables } from './outside-variables.ts';
import { keysOf, withoutQuotation } from './yaml-map.ts';
import type { Keys } from './yaml-map.ts';

const MAX_DEPTH = 40;

/**
 * Reads an inventory in the YAML format of Ansible, by the rules of ansible/plugins/inventory/yaml.py. A name or a value
 * that counts and that YAML 1.1, YAML 1.2 and Python read differently without quotes is refused. What Ansible leaves out
 * with a warning, such as a key that no group has, is a mistake; so is a key that is there twice, of which Ansible takes
 * the last, and all that is refused in INI.
 */
export function readAnsibleYaml(text: string, outside: OutsideVariables = nothingOutside): Inventory {
  const yaml = parseYaml(text, 'ansible');
  if (yaml.syntaxError) {
    const { line, message } = yaml.syntaxError;
    return { entries: [], mistakes: [{ line, message: withoutQuotation(message) }], unplaced: 0 };
  }
  const mistakes = yaml.problems.map((problem) => ({ place: problem.path, message: withoutValues(problem) }));
  return readAnsibleMap(yaml.value, { yaml: () => yaml, mistakes, nonTextKeys: yaml.nonTextKeys, outside });
}

/** What is wrong with the YAML; no name and no value, which may be a part of a password. */
function withoutValues({ path, message, atKey }: Problem): string {
  if (path.length === 0) return `the file ${message}`;
  return atKey ? 'duplicate key, or one that is not a string' : 'undefined anchor, or one that is defined twice';
}

interface Source {
  /** Asked for only where there is a mistake to be placed. */
  yaml: () => YamlText;
  mistakes: AnsibleTree['mistakes'];
  /** None of which is a name to Ansible. */
  nonTextKeys: ReadonlySet<string>;
  outside: OutsideVariables;
}

export function readAnsibleMap(value: unknown, { yaml, mistakes, nonTextKeys, outside }: Source): Inventory {
  const tree = emptyTree(outside.wanted);
  tree.mistakes.push(...mistakes);
  const keys = keysOf(value);
  if (keys === null) {
    tree.mistakes.push({ place: [], message: `must be a map of groups, such as all:, not ${describeKind(value)}` });
  } else if (keys['plugin']) {
    const message = 'configures an inventory plugin, which only Ansible can run';
    tree.mistakes.push({ place: ['plugin'], message, onlyAnsible: true });
  } else for (const [name, group] of Object.entries(keys)) readGroup({ tree, nonTextKeys }, name, group, [name]);
  return entriesOfTree(tree, (place) => lineIn(yaml(), place as Path), outside);
}

/** What is being read into a tree. */
interface Reading {
  tree: AnsibleTree;
  nonTextKeys: ReadonlySet<string>;
}

/** Whether a key is a text to every reader, which alone can be a name; else that is a mistake. */
function isName({ tree, nonTextKeys }: Reading, key: string, place: Path): boolean {
  if (!nonTextKeys.has(key)) return true;
  tree.mistakes.push({ place, message: `${quotedName(key)} is not a string to every YAML reader; quote it` });
  return false;
}

/** Whether an object of JavaScript moves this key to its beginning. */
function isNumber(key: string): boolean {
  return /^(?:0|[1-9]\d*)$/.test(key);
}

function readGroup(reading: Reading, name: string, value: unknown, path: Path): void {
  if (!isName(reading, name, path)) return;
  const { tree } = reading;
  // An object has it before the others, and of a host in two groups the last one counts.
  if (isNumber(name)) {
    tree.mistakes.push({ place: path, message: `${quotedName(name)}: a group cannot be a number`, onlyAnsible: true });
    return;
  }
  const group = addGroup(tree, name, path);
  const keys = value === null ? {} : keysOf(value);
  const mistake = (place: Path, message: string): void => void tree.mistakes.push({ place, message });
  if (keys === null) return mistake(path, `${quotedName(name)} must be a group, a map of hosts, children and vars`);
  if (path.length > MAX_DEPTH) return mistake(path, `${quotedName(name)} is nested too deep`);

  for (const [section, content] of Object.entries(keys)) {
    const place = [...path, section];
    const known = ['hosts', 'children', 'vars'];
    if (!known.includes(section)) {
      mistake(
        place,
        `${quotedName(section)} is no part of a group${didYouMean(section, known) || '; those are hosts, children and vars'}`
      );
      continue;
    }
    if (content === null) continue;
    const inside = typeof content === 'string' && section !== 'vars' ? { [content]: null } : keysOf(content);
    if (inside === null) mistake(place, `${section} must be a map, not ${describeKind(content)}`);
    else if (section === 'hosts') readHosts(reading, name, inside, place);
    else
      for (const [key, each] of Object.entries(inside)) {
        if (section === 'vars') setVariable(tree, name, key, each, [...place, key]);
        else {
          const wrong = wrongChild(name, key);
          if (wrong !== null) mistake([...place, key], wrong);
          else {
            readGroup(reading, key, each, [...place, key]);
            group.children.add(key);
          }
        }
      }
  }
}

function readHosts(reading: Reading, groupName: string, hosts: Keys, path: Path): void {
  const { tree } = reading;
  const group = tree.groups.get(groupName)!;
  for (const [pattern, value] of Object.entries(hosts)) {
    const place = [...path, pattern];
    if (!isName(reading, pattern, place)) continue;
    // An object has it before the others, and of two keys that mean one host the last one counts.
    if (
      isNumber(pattern) &&
      Object.keys(hosts).some((other) => /[[:]/.test(other) && !reading.nonTextKeys.has(other))
    ) {
      const message = `${quotedName(pattern)}: a host cannot be a number beside names with brackets or ports`;
      tree.mistakes.push({ place, message, onlyAnsible: true });
      continue;
    }
    const variables = value === null ? {} : keysOf(value);
    if (variables === null) {
      tree.mistakes.push({ place, message: `${quotedName(pattern)} must have a map of variables, or nothing` });
      continue;
    }
    const settings = Object.entries(variables);
    for (const host of addHosts(tree, pattern, group, place)) {
      for (const [variable, setting] of settings) setVariable(tree, host, variable, setting, [...place, variable]);
    }
  }
}

/** What a value is; never the value, which may be a secret. */
function describeKind(value: unknown): string {
  return typeof value === 'string' ? 'a text' : typeof value === 'number' ? 'a number' : describe(value);
}

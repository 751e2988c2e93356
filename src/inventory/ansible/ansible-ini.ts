import { quotedName } from '../../source/problem.ts';
import { shellWords } from '../../source/shell-words.ts';
import { MAX_VALUE_LENGTH } from '../../source/text-file.ts';
import { entriesOfTree } from './ansible-entries.ts';
import { addGroup, addHosts, emptyTree, setVariable, wrongChild, type AnsibleTree } from './ansible-tree.ts';
import type { Inventory } from '../entries/inventory.ts';
import { nothingOutside, type OutsideVariables } from './ansible-variables.ts';
import { pythonLiteral } from './python-literal.ts';

interface Section {
  group: string;
  holds: 'hosts' | 'children' | 'vars';
}

const HEADER = /^\[([^:\]\s]+)(?::(\w+))?\]\s*(?:#.*)?$/;
const CHILD_NAME = /^([^:\]\s]+)\s*(?:#.*)?$/;
/** Python treats most of these as line breaks, and a byte order mark as part of a host name. */
const INVISIBLE_CHARACTERS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff]/;

/**
 * Reads an inventory in the INI format of Ansible, by the rules of ansible/plugins/inventory/ini.py. No message repeats
 * a whole line, which may contain a password.
 *
 * Refused, although Ansible accepts it: empty ranges (`a[3:1]`), host names with blanks, `=` or `@`, group names with
 * characters other than letters, digits, `.`, `_` and `-`, control characters, Python literals other than strings and
 * whole numbers in variables that are read, lines of more than 10,000 characters, `ungrouped` below or above another
 * group, a port that Ansible reads as part of the name (`web-1.:22`), and a host without a group that has the name of a
 * group.
 */
export function readAnsibleIni(text: string, outside: OutsideVariables = nothingOutside): Inventory {
  const tree = emptyTree(outside.wanted);
  /** Groups with a section for hosts or children; `[x:vars]` alone does not define a group. */
  const declared = new Set(['all', 'ungrouped']);
  const named = new Map<string, { line: number; message: string }>();
  let section: Section = { group: 'ungrouped', holds: 'hosts' };

  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const place = index + 1;
    const line = raw.trim();
    if (raw.length > MAX_VALUE_LENGTH) {
      tree.mistakes.push({ place, message: `is longer than ${MAX_VALUE_LENGTH} characters` });
    } else if (INVISIBLE_CHARACTERS.test(raw)) tree.mistakes.push({ place, message: 'contains a control character' });
    else if (line === '' || line.startsWith('#') || line.startsWith(';')) continue;
    else if (line.startsWith('[') && (HEADER.test(line) || line.endsWith(']'))) {
      const next = readHeader(line);
      if (typeof next === 'string') {
        tree.mistakes.push({ place, message: next });
        // The group of the next lines is unknown: skip them, so that each is not another mistake.
        section = { group: '', holds: 'vars' };
        continue;
      }
      section = next;
      const { group, holds } = section;
      addGroup(tree, group, place);
      if (holds !== 'vars') declared.add(group);
      else named.set(group, { line: place, message: `[${group}:vars] is for a group that this file does not define` });
    } else if (section.group !== '') {
      const message = readLine(tree, section, line, place, named);
      if (message !== null) tree.mistakes.push({ place, message });
    }
  }
  for (const [group, { line, message }] of named) {
    if (!declared.has(group)) tree.mistakes.push({ place: line, message });
  }
  return entriesOfTree(tree, Number, outside);
}

function readHeader(line: string): Section | string {
  const [, group, holds = 'hosts'] = HEADER.exec(line) ?? [];
  if (group === undefined) return `${quotedName(line)} is not a section such as [web], [prod:children] or [web:vars]`;
  if (holds === 'hosts' || holds === 'children' || holds === 'vars') return { group, holds };
  return `${quotedName(line)} is not a section: only children or vars can follow the ":"`;
}

function readLine(
  tree: AnsibleTree,
  { group, holds }: Section,
  line: string,
  place: number,
  named: Map<string, { line: number; message: string }>
): string | null {
  if (holds === 'children') {
    const child = CHILD_NAME.exec(line)?.[1];
    if (child === undefined)
      return `${quotedName(line)} is not the name of a group, and [${group}:children] is a list of groups`;
    const wrong = wrongChild(group, child);
    if (wrong !== null) return wrong;
    // Only its own section makes it a group: until then, a host of that name keeps its own variables.
    tree.groups.get(group)!.children.add(child);
    if (!named.has(child))
      named.set(child, { line: place, message: `this file does not define the group ${quotedName(child)}` });
    return null;
  }
  if (holds === 'vars') {
    const equals = line.indexOf('=');
    if (equals < 0) return `is not key=value, and [${group}:vars] is a list of variables`;
    setVariable(tree, group, line.slice(0, equals).trim(), pythonLiteral(line.slice(equals + 1).trim()), place);
    return null;
  }
  return readHostLine(tree, group, line, place);
}

function readHostLine(tree: AnsibleTree, group: string, line: string, place: number): string | null {
  const words = shellWords(line, true);
  if ('problem' in words) return words.problem;
  const [pattern = '', ...assignments] = words;
  const wrong = assignments.findIndex((word) => !word.includes('='));
  if (wrong >= 0) {
    const isComment = assignments[wrong]!.startsWith(';');
    const hint = isComment ? 'a comment after a host begins with #' : 'a value with blanks needs quotes';
    return `word ${wrong + 2} is not key=value; ${hint}`;
  }
  for (const host of addHosts(tree, pattern, tree.groups.get(group)!, place)) {
    for (const word of assignments) {
      const equals = word.indexOf('=');
      setVariable(tree, host, word.slice(0, equals), pythonLiteral(word.slice(equals + 1)), place);
    }
  }
  return null;
}

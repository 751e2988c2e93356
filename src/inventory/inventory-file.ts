import { dirname } from 'node:path';
import { printable } from '../domain/values/untrusted.ts';
import { filesBelow, readTextFile } from '../source/text-file.ts';
import { readAnsibleConfiguration, type AnsibleSurroundings } from './ansible/ansible-config.ts';
import { readAnsibleJson } from './ansible/ansible-json.ts';
import { listByAnsible } from './ansible/ansible-program.ts';
import type { InventoryEntry, InventoryMistake } from './entries/inventory.ts';
import { fact, type FilePlace, type OutsideVariables } from './ansible/ansible-variables.ts';
import { letAnsibleRead, readInventory } from './read-inventory.ts';
import { namesInTemplates } from './ansible/template.ts';
import { readVariableFiles, type Root } from './ansible/variable-files.ts';

/** An inventory that was read: its servers, unless there is a mistake. */
export interface InventoryFile {
  entries: InventoryEntry[];
  /** Mistakes, one line each: `hosts.ini:3: ...`. */
  lines: string[];
  /** The number of further mistakes. */
  more: number;
  /** Why there are neither servers nor lines: `does not exist`. */
  problem: string | null;
  /** All files that were read: a change of any of them may change the result. */
  files: string[];
  /** One sentence if Ansible read it. The result of a plugin may change without a change in these files. */
  readByAnsible: string | null;
  /** Other notices about reading it, one sentence each. */
  notices: string[];
}

const nothing: InventoryFile = {
  ...{ entries: [], lines: [], more: 0, problem: null, files: [], readByAnsible: null, notices: [] },
};

interface Source {
  shown: string;
  /** Null: it is not a file. */
  path: string | null;
}

/** Reads an inventory file, with `ansible-inventory` if only Ansible can read it and it is installed. */
export async function readInventoryFile(
  path: string,
  shown: string,
  around: AnsibleSurroundings
): Promise<InventoryFile> {
  const source = { path, shown };
  const outside = await readOutside(around, source);
  const read = await readTextFile(path);
  const { needsAnsible, ...own } =
    'text' in read
      ? await readText(read.text, source, outside)
      : { ...outside.found, problem: read.unreadable, needsAnsible: read.folder ? 'it is a folder' : null };
  const list = needsAnsible === null ? null : await listByAnsible(path, around);
  if (needsAnsible === null || list === null) return own;

  const files = [...new Set([...own.files, ...(own.problem === null ? [] : await filesBelow(path))])];
  const found = { ...outside.found, files };
  if ('problem' in list) {
    return { ...found, lines: [`${shown}: ${needsAnsible}, and ansible-inventory ${list.problem}`] };
  }
  const variables = { ...outside.variables, wanted: new Set(namesInTemplates(list.text)) };
  const { entries, mistakes, unplaced } = readAnsibleJson(list.text, variables);
  const ofList = mistakes.map(({ file, ...mistake }) => {
    return lineOf(
      file === undefined ? { ...mistake, line: 0 } : { ...mistake, file },
      `${shown}, as ansible-inventory lists it`
    );
  });
  const lines = [...found.lines, ...ofList];
  if (entries.length + lines.length === 0)
    return { ...found, problem: 'contains no servers, according to ansible-inventory' };
  const readByAnsible = `${shown} was read by ansible-inventory ${list.version}, since ${needsAnsible}`;
  return { ...found, entries: entries.map(withoutLines), lines, more: unplaced, readByAnsible };
}

/**
 * Reads an inventory that is not a file.
 * @param isList - whether the text is the value of a command-line argument: then mistakes have no line numbers
 */
export async function readInventoryText(
  text: string,
  shown: string,
  isList: boolean,
  around: AnsibleSurroundings
): Promise<InventoryFile> {
  const source = { path: null, shown };
  const outside = await readOutside(around, source);
  const { needsAnsible: _, ...read } = await readText(text, source, outside, isList);
  return isList ? { ...read, entries: read.entries.map(withoutLines) } : read;
}

/** @returns `needsAnsible`: why only Ansible can read it; null if it can be read, or has other mistakes */
async function readText(
  text: string,
  { path, shown }: Source,
  outside: Outside,
  isList = false
): Promise<InventoryFile & { needsAnsible: string | null }> {
  const { found } = outside;
  const wanted = new Set(namesInTemplates(text));
  const { folders, visited, problem: tooMany } = await readVariableFiles(outside.roots, wanted);
  const variables = { ...outside.variables, folders, wanted };
  const { entries, mistakes, unplaced } = readInventory(
    path ?? '-',
    text,
    variables,
    isList ? 'plain list' : undefined
  );
  const lines = mistakes.map((mistake) => {
    const line = lineOf(isList && mistake.file === undefined ? { ...mistake, line: 0 } : mistake, shown);
    return mistake.needsAnsible ? `${line}; ${letAnsibleRead(path ?? '')}` : line;
  });
  const all = [...found.lines, ...(tooMany === null ? [] : [tooMany]), ...lines];
  const [first] = mistakes;
  const allNeedAnsible = found.lines.length === 0 && mistakes.every((mistake) => mistake.needsAnsible);
  const isWhole = first?.file === undefined && /^(?:is|configures) /.test(first?.message ?? '');
  const reason = first && allNeedAnsible ? `${isWhole ? 'it' : placeText(first, shown)} ${first.message}` : null;
  return {
    ...{ ...found, entries, lines: all, more: unplaced, files: [...found.files, ...visited] },
    problem: entries.length + all.length === 0 ? 'contains no servers' : null,
    needsAnsible: reason === null ? null : printable(reason, 500),
  };
}

interface Outside {
  /** Without `group_vars` and `host_vars`, which are read once the wanted variables are known. */
  variables: Omit<OutsideVariables, 'wanted'>;
  roots: Root[];
  /** The result so far, without servers. */
  found: InventoryFile;
}

/** Reads ansible.cfg, and finds the folders that may contain group_vars and host_vars. */
async function readOutside(around: AnsibleSurroundings, { path, shown }: Source): Promise<Outside> {
  const { variables: configured, mistakes, files, notice } = await readAnsibleConfiguration(around);
  const here = { path: around.folder, shown: '' };
  const facts = [fact('playbook_dir', around.folder)];
  if (path !== null) facts.push(fact('inventory_dir', dirname(path)));
  return {
    variables: { configured, folders: [], facts: new Map(facts) },
    roots: path === null ? [here] : [{ path: dirname(path), shown: dirname(shown) }, here],
    found: {
      ...nothing,
      lines: mistakes.map(({ place, message }) => lineOf({ ...(place as FilePlace), message }, '')),
      files: [...(path === null ? [] : [path]), ...files],
      notices: notice === null ? [] : [notice],
    },
  };
}

function lineOf(mistake: InventoryMistake, shown: string): string {
  return `${placeText(mistake, shown)}: ${mistake.message}`;
}

/** `hosts.ini:3`, `group_vars/all.yml:1`, `ANSIBLE_REMOTE_USER` */
export function placeText({ file, line }: { file?: string; line: number | null }, shown: string): string {
  return [file ?? shown, ...(line ? [String(line)] : [])].join(':');
}

/** Removes line numbers of a text that the user does not see. */
function withoutLines({ from = {}, ...entry }: InventoryEntry): InventoryEntry {
  const placed = Object.entries(from).map(([part, origin]) => {
    return [part, origin.file === undefined ? { ...origin, line: null } : origin];
  });
  return { ...entry, from: Object.fromEntries(placed) as NonNullable<InventoryEntry['from']> };
}

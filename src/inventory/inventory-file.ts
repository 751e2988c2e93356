import { dirname } from 'node:path';
import { printable } from '../domain/values/untrusted.ts';
import { filesBelow, readTextFile } from '../source/text-file.ts';
import { readAnsibleConfiguration } from './ansible/ansible-config.ts';
import type { AnsibleSurroundings } from './ansible/ansible-config.ts';
import { readAnsibleJson } from './ansible/ansible-json.ts';
import { listByAnsible } from './ansible/ansible-program.ts';
import type { InventoryEntry, InventoryMistake } from './entries/inventory.ts';
import { fact } from './ansible/ansible-variables.ts';
import type { OutsideVariables } from './ansible/ansible-variables.ts';
import { letAnsibleRead, readInventory } from './read-inventory.ts';
import { namesInTemplates } from './ansible/template.ts';
import { readVariableFiles } from './ansible/variable-files.ts';
import type { Root } from './ansible/variable-files.ts';

/** A file as an inventory: its servers, unless something is wrong with it. */
export interface InventoryFile {
  entries: InventoryEntry[];
  /** One line each, `hosts.ini:3: ...`, and how many more there are. */
  lines: string[];
  more: number;
  /** What there is instead of servers and lines: `does not exist`. */
  problem: string | null;
  /** All that was read: a change of any may change what counts. */
  files: string[];
  /** Only Ansible could read it, and did: one sentence. What a plugin finds changes without any file. */
  readByAnsible: string | null;
  /** What else is worth knowing about how it was read, one sentence each. */
  notices: string[];
}

const nothing: InventoryFile = {
  ...{ entries: [], lines: [], more: 0, problem: null, files: [], readByAnsible: null, notices: [] },
};

/** What only Ansible understands is handed to `ansible-inventory` where there is one; a mistake is not. */
export async function readInventoryFile(
  path: string,
  shown: string,
  around: AnsibleSurroundings
): Promise<InventoryFile> {
  const outside = await readOutside(around, { path, shown });
  const { needsAnsible, ...own } = await readItself(path, shown, outside);
  if (needsAnsible === null) return own;
  const list = await listByAnsible(path, around);
  if (list === null) return own;
  const files = [...new Set([...own.files, ...(own.problem === null ? [] : await filesBelow(path))])];
  const noServers = { ...nothing, files, notices: own.notices };
  if ('problem' in list) {
    return { ...noServers, lines: [`${shown}: ${needsAnsible}, and ansible-inventory ${list.problem}`] };
  }
  const variables = { ...outside.variables, folders: [], wanted: new Set(namesInTemplates(list.text)) };
  const { entries, mistakes, unplaced } = readAnsibleJson(list.text, variables);
  const ofList = mistakes.map((mistake) => {
    const isElsewhere = mistake.file !== undefined;
    return `${isElsewhere ? placeText(mistake, shown) : `${shown}, as ansible-inventory lists it`}: ${mistake.message}`;
  });
  const lines = [...outside.lines, ...ofList];
  const none = entries.length + lines.length === 0;
  if (none) return { ...noServers, problem: 'names no server, says ansible-inventory' };
  const readByAnsible = `${shown} was read by ansible-inventory ${list.version}, since ${needsAnsible}`;
  return { ...noServers, entries: entries.map(withoutLines), lines, more: unplaced, readByAnsible };
}

/** Line numbers of the output of ansible-inventory mean nothing to the user. */
function withoutLines({ from = {}, ...entry }: InventoryEntry): InventoryEntry {
  const placed = Object.entries(from).map(([part, origin]) => {
    return [part, origin.file === undefined ? { ...origin, line: null } : origin];
  });
  return { ...entry, from: Object.fromEntries(placed) as NonNullable<InventoryEntry['from']> };
}

interface Outside {
  variables: Omit<OutsideVariables, 'wanted'>;
  read: (text: string) => Promise<{ variables: OutsideVariables; looked: string[]; problem: string | null }>;
  lines: string[];
  files: string[];
  notices: string[];
}

/** What counts besides an inventory: ansible.cfg, and the folders in which group_vars and host_vars are looked for. */
async function readOutside(
  around: AnsibleSurroundings,
  inventory: { path: string; shown: string } | null
): Promise<Outside> {
  const configuration = await readAnsibleConfiguration(around);
  const beside: Root[] = inventory === null ? [] : [{ path: dirname(inventory.path), shown: dirname(inventory.shown) }];
  const roots = [...beside, { path: around.folder, shown: '' }];
  const ofInventory = inventory === null ? [] : [fact('inventory_dir', dirname(inventory.path))];
  const facts = new Map([...ofInventory, fact('playbook_dir', around.folder)]);
  const variables = { configured: configuration.variables, folders: [], facts };
  return {
    variables,
    read: async (text) => {
      const wanted = new Set(namesInTemplates(text));
      const { folders, looked, problem } = await readVariableFiles(roots, wanted);
      return { variables: { ...variables, folders, wanted }, looked, problem };
    },
    lines: configuration.mistakes.map(
      ({ place, message }) => `${placeText(place as InventoryMistake, '')}: ${message}`
    ),
    files: configuration.files,
    notices: configuration.notice === null ? [] : [configuration.notice],
  };
}

/** @returns with a reason to let Ansible read it, if that is all that is wrong */
async function readItself(
  path: string,
  shown: string,
  outside: Outside
): Promise<InventoryFile & { needsAnsible: string | null }> {
  const about = { ...nothing, notices: outside.notices, needsAnsible: null };
  const read = await readTextFile(path);
  const files = [path, ...outside.files];
  if (!('text' in read)) {
    const needsAnsible = read.folder ? 'it is a folder' : null;
    return { ...about, files, problem: read.unreadable, needsAnsible };
  }
  const { variables, looked, problem } = await outside.read(read.text);
  const { entries, mistakes, unplaced } = readInventory(path, read.text, variables);
  if (entries.length + mistakes.length === 0) return { ...about, files, problem: 'names no server' };

  const instead = (line: string): string => `${line}; ${letAnsibleRead(path)}`;
  const lines = [
    ...outside.lines,
    ...(problem === null ? [] : [problem]),
    ...mistakesInLines(mistakes, shown, instead),
  ];
  const onlyAnsible =
    mistakes.length > 0 && mistakes.every((mistake) => mistake.onlyAnsible) && outside.lines.length === 0;
  const [first] = mistakes;
  const isWhole = first?.file === undefined && /^(?:is|configures) /.test(first?.message ?? '');
  const reason = first === undefined ? '' : `${isWhole ? 'it' : placeText(first, shown)} ${first.message}`;
  return {
    ...{ ...about, entries, lines, more: unplaced, files: [...files, ...looked] },
    needsAnsible: onlyAnsible ? printable(reason, 500) : null,
  };
}

function mistakesInLines(
  mistakes: readonly InventoryMistake[],
  shown: string,
  instead: (line: string) => string
): string[] {
  return mistakes.map((mistake) => {
    const said = `${placeText(mistake, shown)}: ${mistake.message}`;
    return mistake.onlyAnsible ? instead(said) : said;
  });
}

/** `hosts.ini:3`, `group_vars/all.yml:1`, `ANSIBLE_REMOTE_USER` */
export function placeText({ file, line }: { file?: string; line: number | null }, shown: string): string {
  return [file ?? shown, ...(line ? [String(line)] : [])].join(':');
}

/** Of a text that came by another way than a file. Its lines are nobody's where it was one line of a command. */
export async function readInventoryText(
  text: string,
  shown: string,
  isList: boolean,
  around: AnsibleSurroundings
): Promise<InventoryFile> {
  const outside = await readOutside(around, null);
  const { variables, looked, problem: tooMuch } = await outside.read(text);
  const { entries, mistakes, unplaced } = readInventory('-', text, variables, isList ? 'plain list' : undefined);
  const placed = isList
    ? mistakes.map((mistake) => (mistake.file === undefined ? { ...mistake, line: 0 } : mistake))
    : mistakes;
  const found = mistakesInLines(placed, shown, (line) => `${line}; ${letAnsibleRead('')}`);
  const lines = [...outside.lines, ...(tooMuch === null ? [] : [tooMuch]), ...found];
  const problem = entries.length + lines.length === 0 ? 'names no server' : null;
  const files = [...outside.files, ...looked];
  return {
    ...nothing,
    entries: isList ? entries.map(withoutLines) : entries,
    lines,
    more: unplaced,
    problem,
    files,
    notices: outside.notices,
  };
}

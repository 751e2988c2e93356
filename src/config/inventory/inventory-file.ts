import { dirname, join, relative } from 'node:path';
import { printable } from '../../domain/untrusted.ts';
import { filesBelow, readTextFile } from '../text-file.ts';
import { readAnsibleJson } from './ansible-json.ts';
import { listByAnsible } from './ansible-program.ts';
import type { InventoryEntry, InventoryMistake } from './inventory.ts';
import { letAnsibleRead, readInventory } from './read-inventory.ts';
import { lookAtVariableFiles } from './variable-files.ts';

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
}

type Environment = Readonly<Record<string, string | undefined>>;

/** What only Ansible understands is handed to `ansible-inventory` where there is one; a mistake is not. */
export async function readInventoryFile(path: string, shown: string, env: Environment): Promise<InventoryFile> {
  const { needsAnsible, ...own } = await readItself(path, shown);
  if (needsAnsible === null) return own;
  const list = await listByAnsible(path, env);
  if (list === null) return own;
  const files = [...new Set([...own.files, ...(own.problem === null ? [] : await filesBelow(path))])];
  const nothing = { entries: [], lines: [], more: 0, problem: null, files, readByAnsible: null };
  if ('problem' in list) {
    return { ...nothing, lines: [`${shown}: ${needsAnsible}, and ansible-inventory ${list.problem}`] };
  }
  const { entries, mistakes, unplaced } = readAnsibleJson(list.text);
  const lines = mistakes.map(({ message }) => `${shown}, as ansible-inventory lists it: ${message}`);
  const none = entries.length + lines.length === 0;
  if (none) return { ...nothing, problem: 'names no server, says ansible-inventory' };
  const readByAnsible = `${shown} was read by ansible-inventory ${list.version}, since ${needsAnsible}`;
  return { ...nothing, entries, lines, more: unplaced, readByAnsible };
}

/** @returns with a reason to let Ansible read it, if that is all that is wrong */
async function readItself(path: string, shown: string): Promise<InventoryFile & { needsAnsible: string | null }> {
  const nothing = { entries: [], lines: [], more: 0, problem: null, readByAnsible: null, needsAnsible: null };
  const read = await readTextFile(path);
  if (!('text' in read)) {
    const needsAnsible = read.folder ? 'it is a folder' : null;
    return { ...nothing, files: [path], problem: read.unreadable, needsAnsible };
  }
  const { entries, mistakes, unplaced, format } = readInventory(path, read.text);
  if (entries.length + mistakes.length === 0) return { ...nothing, files: [path], problem: 'names no server' };

  const withFiles = format === 'Ansible INI' || format === 'Ansible YAML';
  const beside = withFiles ? await lookAtVariableFiles(path) : { looked: [], mistakes: [] };
  const besides = beside.mistakes.map(({ file, line, message }) => {
    return `${join(dirname(shown), relative(dirname(path), file))}:${line}: ${message}`;
  });
  const instead = (line: string): string => `${line}; ${letAnsibleRead(path)}`;
  const ofFile = mistakesInLines(mistakes, shown, instead);
  const reasons = [...mistakes.map(({ message }) => `it ${message}`), ...besides];
  const onlyAnsible = mistakes.every((mistake) => mistake.onlyAnsible) && reasons.length > 0;
  return {
    ...{ entries, lines: [...ofFile, ...besides.map(instead)], more: unplaced, problem: null, readByAnsible: null },
    files: [path, ...beside.looked],
    needsAnsible: onlyAnsible ? printable(reasons[0]!, 500) : null,
  };
}

export function mistakesInLines(
  mistakes: readonly InventoryMistake[],
  shown: string,
  instead: (line: string) => string
): string[] {
  return mistakes.map(({ line, message, onlyAnsible }) => {
    const said = `${shown}:${line}: ${message}`;
    return onlyAnsible ? instead(said) : said;
  });
}

/** Of a text that came by another way than a file. Its lines are nobody's where it was one line of a command. */
export function readInventoryText(text: string, shown: string, isList: boolean): InventoryFile {
  const { entries, mistakes, unplaced } = readInventory('-', text, isList ? 'plain list' : undefined);
  const lines = isList
    ? mistakes.map(({ message }: InventoryMistake) => `${shown}: ${message}`)
    : mistakesInLines(mistakes, shown, (line) => `${line}; ${letAnsibleRead('')}`);
  const problem = entries.length + lines.length === 0 ? 'names no server' : null;
  return { entries, lines, more: unplaced, problem, files: [], readByAnsible: null };
}

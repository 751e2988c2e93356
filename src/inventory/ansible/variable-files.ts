import { readdir, realpath } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { lineIn } from '../../source/yaml/locate-problem.ts';
import { parseYaml } from '../../source/yaml/parse-yaml.ts';
import { readTextFile } from '../../source/text-file.ts';
import type { PlacedMistake, Setting, SharedVariables, VariableFolder } from './ansible-variables.ts';
import { readVariableNames } from './connection-variables.ts';
import { mapOrNothing, withoutQuotation } from './yaml-map.ts';
import { namesInTemplates } from './template.ts';

/** A folder in which `group_vars` and `host_vars` may be, and what a person calls it. */
export interface Root {
  path: string;
  shown: string;
}

interface FoundFiles {
  folders: VariableFolder[];
  /** All that was looked at, folders that are not there included: a change of any may change what counts. */
  looked: string[];
  /** A sentence where there is too much to look at. */
  problem: string | null;
}

const extensions = ['', '.yml', '.yaml', '.json'];
const MAX_FILES = 10_000;

interface Text {
  file: string;
  shown: string;
  text: string;
  unreadable: string | null;
}

/**
 * Reads `group_vars` and `host_vars` as the vars plugin host_group_vars of Ansible finds them: of a group or host the first
 * of `web`, `web.yml`, `web.yaml` and `web.json`, which may be a folder of such files.
 * @param wanted names of other variables than those that say how to connect; those that the files name are added
 */
export async function readVariableFiles(roots: readonly Root[], wanted: Set<string>): Promise<FoundFiles> {
  const found: FoundFiles = { folders: [], looked: [], problem: null };
  const texts: { groups: Map<string, Text[]>; hosts: Map<string, Text[]> }[] = [];
  const seen = new Set<string>();
  for (const root of roots) {
    const real = await realpath(root.path).catch(() => root.path);
    if (seen.has(real)) continue;
    seen.add(real);
    const groups = await entitiesIn(join(root.path, 'group_vars'), join(root.shown, 'group_vars'), found);
    const hosts = await entitiesIn(join(root.path, 'host_vars'), join(root.shown, 'host_vars'), found);
    texts.push({ groups, hosts });
  }
  for (const { groups, hosts } of texts) {
    for (const { text } of [...groups.values(), ...hosts.values()].flat()) {
      for (const name of namesInTemplates(text)) wanted.add(name);
    }
  }
  const parsed = (of: Map<string, Text[]>) =>
    new Map([...of].map(([name, files]) => [name, variablesOf(files, wanted)]));
  found.folders = texts.map(({ groups, hosts }) => ({ groups: parsed(groups), hosts: parsed(hosts) }));
  return found;
}

/** The files of each group, or of each host. */
async function entitiesIn(folder: string, shown: string, found: FoundFiles): Promise<Map<string, Text[]>> {
  found.looked.push(folder);
  const children = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const entities = new Map<string, { rank: number; name: string; isFolder: boolean }>();
  for (const child of children) {
    const extension = extensions.slice(1).find((each) => child.name.endsWith(each)) ?? '';
    const rank = extensions.indexOf(extension);
    const entity = child.name.slice(0, child.name.length - extension.length);
    const known = entities.get(entity);
    if (known === undefined || rank < known.rank) {
      entities.set(entity, { rank, name: child.name, isFolder: await isFolder(join(folder, child.name), child) });
    }
  }
  const texts = new Map<string, Text[]>();
  for (const [entity, { name, isFolder: hasFiles }] of entities) {
    const paths = hasFiles
      ? await filesBelow(join(folder, name), join(shown, name), found)
      : [[join(folder, name), join(shown, name)] as const];
    if (found.looked.length > MAX_FILES) {
      found.problem = `${shown}: more than ${MAX_FILES} files`;
      return new Map();
    }
    texts.set(entity, await Promise.all(paths.map(async ([file, called]) => textOf(file, called, found))));
  }
  return texts;
}

async function filesBelow(folder: string, shown: string, found: FoundFiles): Promise<(readonly [string, string])[]> {
  found.looked.push(folder);
  const children = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const files: (readonly [string, string])[] = [];
  for (const child of children.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (child.name.startsWith('.') || child.name.endsWith('~') || found.looked.length + files.length > MAX_FILES)
      continue;
    const [file, called] = [join(folder, child.name), join(shown, child.name)];
    const extension = extname(child.name);
    if (await isFolder(file, child)) {
      if (extension === '') files.push(...(await filesBelow(file, called, found)));
    } else if (extensions.includes(extension)) files.push([file, called]);
  }
  return files;
}

async function isFolder(path: string, child: { isDirectory(): boolean; isSymbolicLink(): boolean }): Promise<boolean> {
  if (!child.isSymbolicLink()) return child.isDirectory();
  return readdir(path).then(
    () => true,
    () => false
  );
}

async function textOf(file: string, shown: string, found: FoundFiles): Promise<Text> {
  found.looked.push(file);
  const read = await readTextFile(file);
  return 'text' in read
    ? { file, shown, text: read.text, unreadable: null }
    : { file, shown, text: '', unreadable: read.unreadable };
}

/** Of several files the last one counts. */
function variablesOf(files: readonly Text[], wanted: ReadonlySet<string>): SharedVariables {
  const variables = new Map<string, Setting>();
  const mistakes: PlacedMistake[] = [];
  for (const file of files) {
    const mistake = addVariables(variables, file, wanted);
    if (mistake !== null) mistakes.push({ place: { file: file.shown, line: mistake.line }, ...mistake });
  }
  return { variables, mistakes };
}

function addVariables(
  variables: Map<string, Setting>,
  { shown, text, unreadable }: Text,
  wanted: ReadonlySet<string>
): { line: number; message: string; onlyAnsible?: true } | null {
  if (unreadable !== null) return { line: 1, message: unreadable };
  if (text.startsWith('$ANSIBLE_VAULT')) {
    return { line: 1, message: 'is encrypted with Ansible Vault, and may say how to connect', onlyAnsible: true };
  }
  const isRead = (name: string): boolean => readVariableNames.has(name) || wanted.has(name);
  if (!(text.match(/\w+/g) ?? []).some(isRead)) return null;
  const yaml = parseYaml(text, 'ansible');
  if (yaml.syntaxError) return { line: yaml.syntaxError.line, message: withoutQuotation(yaml.syntaxError.message) };
  const keys = mapOrNothing(yaml.value);
  if (keys === null) return { line: 1, message: 'must be a map of variables' };
  const lineOf = (name: string): number => lineIn(yaml, [name]);
  for (const [name, value] of keys) {
    if (isRead(name)) variables.set(name, { value, place: { file: shown, line: lineOf(name) } });
  }
  const wrong = yaml.problems.map(({ path }) => String(path[0])).find(isRead);
  if (wrong === undefined) return null;
  return { line: lineOf(wrong), message: `${wrong} is a duplicate key, or refers to an undefined anchor` };
}

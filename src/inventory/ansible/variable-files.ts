import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { lineIn } from '../../source/yaml/locate-problem.ts';
import { parseYaml } from '../../source/yaml/parse-yaml.ts';
import { readTextFile } from '../../source/text-file.ts';
import type { PlacedMistake, Setting, SharedVariables, VariableFolder } from './ansible-variables.ts';
import { readVariableNames } from './connection-variables.ts';
import { mapOrNothing, withoutQuotation } from './yaml-map.ts';
import { namesInTemplates } from './template.ts';

/** A file or folder, and its path in messages. */
export interface Root {
  path: string;
  shown: string;
}

interface FoundFiles {
  folders: VariableFolder[];
  /** All visited paths, missing folders included: a change of any of them may change the result. */
  visited: string[];
  /** A sentence if there are too many files. */
  problem: string | null;
}

/** In the order in which Ansible searches for a group or host. */
const EXTENSIONS = ['', '.yml', '.yaml', '.json'];
const MAX_FILES = 10_000;

interface Text {
  shown: string;
  text: string;
  unreadable: string | null;
}

/**
 * Reads `group_vars` and `host_vars` like the vars plugin host_group_vars of Ansible: for a group or host, the first of
 * `web`, `web.yml`, `web.yaml` and `web.json`, which may be a folder of such files.
 * @param wanted names of variables that templates refer to; adds those of templates in these files
 */
export async function readVariableFiles(roots: readonly Root[], wanted: Set<string>): Promise<FoundFiles> {
  const visited: string[] = [];
  const real = await Promise.all(roots.map(async ({ path }) => realpath(path).catch(() => path)));
  const texts: { groups: Map<string, Text[]>; hosts: Map<string, Text[]> }[] = [];
  for (const root of roots.filter((_, index) => real.indexOf(real[index]!) === index)) {
    const groups = await textsIn(inside(root, 'group_vars'), visited);
    texts.push({ groups, hosts: await textsIn(inside(root, 'host_vars'), visited) });
  }
  for (const { groups, hosts } of texts) {
    for (const { text } of [...groups.values(), ...hosts.values()].flat()) {
      for (const name of namesInTemplates(text)) wanted.add(name);
    }
  }
  const parsed = (of: Map<string, Text[]>) => new Map([...of].map(([name, all]) => [name, variablesOf(all, wanted)]));
  const folders = texts.map(({ groups, hosts }) => ({ groups: parsed(groups), hosts: parsed(hosts) }));
  const problem = `there are more than ${MAX_FILES} files in group_vars and host_vars`;
  return { folders, visited, problem: visited.length > MAX_FILES ? problem : null };
}

function inside({ path, shown }: Root, name: string): Root {
  return { path: join(path, name), shown: join(shown, name) };
}

/** The files of each group, or of each host. */
async function textsIn(folder: Root, visited: string[]): Promise<Map<string, Text[]>> {
  const children = await childrenOf(folder, visited);
  const texts = new Map<string, Text[]>();
  for (const extension of EXTENSIONS) {
    for (const child of children) {
      const found = EXTENSIONS.findLast((each) => child.name.endsWith(each));
      const entity = child.name.slice(0, child.name.length - extension.length);
      if (found === extension && !texts.has(entity))
        texts.set(entity, await textsOf(inside(folder, child.name), child, visited));
    }
  }
  return texts;
}

/** Reads a file, or all files in a folder and its folders. */
async function textsOf(root: Root, entry: Dirent, visited: string[]): Promise<Text[]> {
  if (visited.length > MAX_FILES) return [];
  if (!(await isFolder(root.path, entry))) {
    visited.push(root.path);
    const read = await readTextFile(root.path);
    return [{ shown: root.shown, text: '', unreadable: null, ...read }];
  }
  const texts: Text[] = [];
  for (const child of await childrenOf(root, visited)) {
    const extension = extname(child.name);
    const isRead = EXTENSIONS.includes(extension) && !/^\.|~$/.test(child.name);
    if (!isRead || (extension !== '' && (await isFolder(join(root.path, child.name), child)))) continue;
    texts.push(...(await textsOf(inside(root, child.name), child, visited)));
  }
  return texts;
}

async function childrenOf({ path }: Root, visited: string[]): Promise<Dirent[]> {
  visited.push(path);
  const children = await readdir(path, { withFileTypes: true }).catch(() => []);
  return children.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function isFolder(path: string, entry: Dirent): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  const found = await stat(path).catch(() => null);
  return found?.isDirectory() ?? false;
}

/** Later files override earlier ones. */
function variablesOf(files: readonly Text[], wanted: ReadonlySet<string>): SharedVariables {
  const variables = new Map<string, Setting>();
  const mistakes = files.flatMap((file): PlacedMistake[] => {
    const mistake = addVariables(variables, file, wanted);
    return mistake === null ? [] : [{ place: { file: file.shown, line: mistake.line }, ...mistake }];
  });
  return { variables, mistakes };
}

function addVariables(
  variables: Map<string, Setting>,
  { shown, text, unreadable }: Text,
  wanted: ReadonlySet<string>
): { line: number; message: string; needsAnsible?: true } | null {
  if (unreadable !== null) return { line: 1, message: unreadable };
  if (text.startsWith('$ANSIBLE_VAULT')) {
    return {
      line: 1,
      message: 'is encrypted with Ansible Vault, and may contain variables of the connection',
      needsAnsible: true,
    };
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

import { readdir } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { readTextFile } from '../text-file.ts';
import { isConnectionVariable } from './ansible-variables.ts';

/** Files beside an inventory that Ansible reads with it, and the first in each that says how to connect. */
interface VariableFiles {
  /** All that was looked at, folders that are not there included: a change of any may change what counts. */
  looked: string[];
  mistakes: { file: string; line: number; message: string }[];
}

const mostFiles = 10_000;

/**
 * Looks through `group_vars` and `host_vars` beside an inventory. They are not read: where nothing in them says how to
 * connect, nothing is missed, and where something may, it is a mistake.
 */
export async function lookAtVariableFiles(inventoryFile: string): Promise<VariableFiles> {
  const found: VariableFiles = { looked: [], mistakes: [] };
  const waiting = ['group_vars', 'host_vars'].map((name) => join(dirname(inventoryFile), name));
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    found.looked.push(folder);
    const children = await readdir(folder, { withFileTypes: true }).catch(() => []);
    for (const child of children.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const file = join(folder, child.name);
      if (child.name.startsWith('.') || child.name.endsWith('~')) continue;
      if (child.isDirectory()) waiting.push(file);
      else if (['', '.yml', '.yaml', '.json'].includes(extname(file))) {
        found.looked.push(file);
        const mistake = await whatItSays(file);
        if (mistake !== null) found.mistakes.push({ file, ...mistake });
      }
      if (found.looked.length > mostFiles) {
        found.mistakes.push({ file: folder, line: 1, message: `more than ${mostFiles} files` });
        return found;
      }
    }
  }
  return found;
}

async function whatItSays(file: string): Promise<{ line: number; message: string } | null> {
  const read = await readTextFile(file);
  if ('unreadable' in read) return { line: 1, message: read.unreadable };
  if (read.text.startsWith('$ANSIBLE_VAULT')) {
    return { line: 1, message: 'is encrypted with Ansible Vault, and may say how to connect' };
  }
  for (const [index, line] of read.text.split('\n').entries()) {
    if (line.trimStart().startsWith('#')) continue;
    const name = (line.match(/\bansible_\w{1,60}/g) ?? []).find(isConnectionVariable);
    if (name !== undefined) return { line: index + 1, message: `${name} in such a file is what only Ansible reads` };
  }
  return null;
}

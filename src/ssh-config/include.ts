import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { matchesPattern } from '../domain/values/wildcards.ts';

/**
 * The files of an `Include`: `*` and `?` stand for names in a folder, which do not begin with a dot. In the order of
 * their code units; ssh takes the order of its locale.
 * @param pattern an absolute path
 * @returns also the folders that were looked into
 */
export async function filesOfInclude(pattern: string): Promise<{ files: string[]; folders: string[] }> {
  const folders: string[] = [];
  let paths = ['/'];
  for (const step of pattern.split('/').filter((each) => each !== '')) {
    if (!/[*?]/.test(step)) {
      paths = paths.map((path) => join(path, step));
      continue;
    }
    const found: string[] = [];
    for (const folder of paths) {
      folders.push(folder);
      const names = await readdir(folder).catch(() => []);
      const fitting = names.filter(
        (name) => name.startsWith('.') === step.startsWith('.') && matchesPattern(name, step)
      );
      found.push(...fitting.map((name) => join(folder, name)));
    }
    paths = found;
  }
  const files = paths.sort((a, b) => (a < b ? -1 : 1));
  return { files, folders: [...folders, ...files.map((file) => dirname(file))] };
}

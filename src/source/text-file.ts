import { readdir, readFile, stat } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { printable } from '../domain/values/untrusted.ts';
import { isMissing, isOfFolder, whyUnreadable } from './file-errors.ts';

const MAX_FILE_BYTES = 10 * 1024 * 1024;

const MAX_FILES = 10_000;

/** Of a line of what people write, or of a value in it that counts: far above any real one. */
export const MAX_VALUE_LENGTH = 10_000;

/** Of a list that a program wrote, with all variables of each server in it. */
export const MAX_LIST_BYTES = 64 * 1024 * 1024;

export async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false
  );
}

type TextFile = { text: string } | { unreadable: string; missing: boolean; folder: boolean };

/** A text file, or why there is none: `does not exist`. */
export async function readTextFile(path: string): Promise<TextFile> {
  try {
    const found = await stat(path);
    const refuse = (unreadable: string): TextFile => ({ unreadable, missing: false, folder: false });
    if (found.size > MAX_FILE_BYTES) return refuse('is larger than 10 MiB');
    // It is read again and again, which a pipe cannot be: to open one may be to wait for ever.
    if (found.isFIFO() || found.isSocket()) return refuse('is a pipe, not a file; pipe an inventory to -i -');
    // /dev/null, or without an end.
    if (found.isCharacterDevice()) return { text: '' };
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path)) };
  } catch (error) {
    return { unreadable: whyUnreadable(error), missing: isMissing(error), folder: isOfFolder(error) };
  }
}

/** A folder, its folders and all files in them; of very many only the first. */
export async function filesBelow(folder: string): Promise<string[]> {
  const found = [folder];
  // What is added while it is gone through is gone through, too.
  for (const path of found) {
    if (found.length > MAX_FILES) break;
    const children = await readdir(path, { withFileTypes: true }).catch(() => []);
    for (const { name } of children) found.push(join(path, name));
  }
  return found.slice(0, MAX_FILES);
}

/** Where a file was looked for that somebody named by a relative path: ` in /home/ada`. */
export function lookedIn(written: string, path = resolve(written)): string {
  if (isAbsolute(written) || written.startsWith('~')) return '';
  const folder = path.endsWith(`/${written}`) ? path.slice(0, -written.length - 1) || '/' : process.cwd();
  return ` in ${printable(folder, 300)}`;
}

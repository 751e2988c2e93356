import {
  access,
  appendFile,
  constants,
  lstat,
  open,
  realpath,
  rename,
  stat,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileProblem, isMissing, isOfFolder, whyUnreadable } from './file-errors.ts';

/** How a text gets into a file: it replaces the file at once, or is written into a device, a pipe, or behind other text. */
type Way = { how: 'replace'; real: string; mode: number | null } | { how: 'into' } | { how: 'behind' };

/**
 * Why a file could not be written, or null. Tries to create a file next to it, since permissions alone do not tell.
 * @param isShared - the text is added to what others have written into the file
 */
export async function whyNotWritable(path: string, isShared = false): Promise<string | null> {
  try {
    const way = await wayInto(path, isShared);
    const makesFile = way.how === 'replace' || (await isMissingFile(path));
    if (!makesFile) await access(path, constants.W_OK);
    else await tryDraft(way.how === 'replace' ? way.real : path);
    return null;
  } catch (error) {
    return problemOf(error);
  }
}

/**
 * Writes a text into a file: whole, or not at all, unless it is a device, a pipe or shared. Keeps the mode of a file that it
 * replaces, and follows links.
 * @throws Error of the file system
 */
export async function writeWholeFile(path: string, text: string, isShared = false): Promise<void> {
  const way = await wayInto(path, isShared);
  if (way.how === 'behind') return appendFile(path, text);
  if (way.how === 'into') return writeFile(path, text);
  const draft = draftOf(way.real);
  try {
    const file = await open(draft, 'wx', 0o666);
    try {
      await file.writeFile(text);
      if (way.mode !== null) await file.chmod(way.mode);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, way.real);
  } catch (error) {
    await unlink(draft).catch(() => undefined);
    throw error;
  }
}

/** The error of {@link writeWholeFile}: `permission denied`. */
export function problemOf(error: unknown): string {
  return isOfFolder(error) ? whyUnreadable(error) : fileProblem(error);
}

async function wayInto(path: string, isShared: boolean): Promise<Way> {
  const found = await stat(path).catch((error: unknown) => {
    if (isMissing(error)) return null;
    throw error;
  });
  if (found?.isDirectory()) throw Object.assign(new Error('EISDIR: a folder'), { code: 'EISDIR' });
  if (isShared) return { how: 'behind' };
  if (found !== null && !found.isFile()) return { how: 'into' };
  if (found !== null) return { how: 'replace', real: await realpath(path), mode: found.mode & 0o7777 };
  if (!(await isMissingFile(path))) throw new Error('it is a broken link');
  return { how: 'replace', real: path, mode: null };
}

async function tryDraft(path: string): Promise<void> {
  const draft = draftOf(path);
  await (await open(draft, 'wx')).close();
  await unlink(draft);
}

/** Whether there is nothing under a name, not even a broken link. */
async function isMissingFile(path: string): Promise<boolean> {
  return lstat(path).then(
    () => false,
    (error: unknown) => isMissing(error)
  );
}

let drafts = 0;

/** Next to the file, because a file can only be renamed within a file system. */
function draftOf(path: string): string {
  drafts += 1;
  return join(dirname(path), `.fleetmark-${process.pid}-${drafts}.new`);
}

import { lstat, open, readFile, realpath, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Failure } from '../domain/failures/failure.ts';
import { fileProblem, isMissing } from './file-errors.ts';

/** The exact text of a file, including a byte order mark. @throws Error of the file system; TypeError if not UTF-8 */
export async function readExactText(path: string): Promise<string> {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(path));
}

/**
 * Replaces a file atomically. Follows links, and keeps the mode.
 * @param before the expected content; null if the file must not exist
 * @throws Failure InvalidConfig if the file has other content, or cannot be written
 */
export async function replaceTextFile(path: string, before: string | null, text: string): Promise<void> {
  let draft: string | null = null;
  try {
    const made = before === null ? await lstat(path).catch(() => null) : null;
    if (made?.isSymbolicLink()) throw new Failure('InvalidConfig', `${path} is a broken link.`);
    const real = before === null ? path : await realpath(path);
    const found = before === null ? null : await stat(real);
    if (found !== null && !found.isFile()) throw new Failure('InvalidConfig', `${path} is not a regular file.`);
    const name = join(dirname(real), `.${basename(real)}.${process.pid}.new`);
    const file = await open(name, 'wx', found === null ? 0o666 : 0o600);
    draft = name;
    try {
      await file.writeFile(text);
      // Only root can keep the owner; for other users this fails, and the file becomes theirs.
      if (found !== null) await file.chown(found.uid, found.gid).catch(() => undefined);
      if (found !== null) await file.chmod(found.mode & 0o7777);
      await file.sync();
    } finally {
      await file.close();
    }
    const now = await readExactText(real).catch((error: unknown) => {
      if (isMissing(error)) return null;
      throw error;
    });
    if (now !== before) throw new Failure('InvalidConfig', `${path} was changed by another program.`);
    await rename(name, real);
  } catch (error) {
    if (draft !== null) await unlink(draft).catch(() => undefined);
    if (error instanceof Failure) throw error;
    throw new Failure('InvalidConfig', `${path} cannot be written: ${fileProblem(error)}.`, { cause: error });
  }
}

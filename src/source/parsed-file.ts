import { readFile, stat } from 'node:fs/promises';
import { fileAnswers } from '../blocking/file-answers.ts';
import { Failure } from '../domain/failures/failure.ts';

/** Reads and parses files, each one once for as long as it does not change. Nothing is kept of a file that failed. */
export function parsedFiles<T>(parse: (content: Buffer, file: string) => T): (file: string) => Promise<T> {
  const kept = new Map<string, { version: string; parsed: Promise<T> }>();
  return async (file) => {
    await fileAnswers(file);
    const { mtimeMs, size, ino } = await stat(file);
    const version = `${mtimeMs} ${size} ${ino}`;
    const known = kept.get(file);
    if (known?.version === version) return known.parsed;
    const parsed = readContent(file).then((content) => parse(content, file));
    const entry = { version, parsed };
    kept.set(file, entry);
    parsed.catch(() => {
      if (kept.get(file) === entry) kept.delete(file);
    });
    return parsed;
  };
}

/** Of a device nothing: it is /dev/null, or without an end. Rejects for a pipe: to open one may be to wait for ever. */
export async function readContent(file: string): Promise<Buffer> {
  await fileAnswers(file);
  const found = await stat(file);
  if (found.isFIFO() || found.isSocket()) throw new Error('it is a pipe, not a file');
  return found.isCharacterDevice() ? Buffer.alloc(0) : readFile(file);
}

/** Why a file could not be read, in words. */
export function readError(error: unknown): string {
  if (error instanceof Failure) return `cannot be read: ${error.message}`;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'does not exist';
  if (code === 'EACCES' || code === 'EPERM') return 'may not be read by this user';
  if (code === 'EISDIR') return 'is a folder';
  return `cannot be read (${message})`;
}

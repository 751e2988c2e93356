import { readdir, readFile, stat } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { printable } from '../domain/values/untrusted.ts';
import { isMissing, isOfFolder, whyUnreadable } from './file-errors.ts';

const MAX_FILE_BYTES = 10 * 1024 * 1024;
const MAX_FILES = 10_000;

/** Maximum length of a line or a value in hand-written files, far above any real length. */
export const MAX_VALUE_LENGTH = 10_000;

/** Maximum size of a list from a program, with all variables of each server. */
export const MAX_LIST_BYTES = 64 * 1024 * 1024;

export async function pathExists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false
  );
}

interface Unreadable {
  unreadable: string;
  missing: boolean;
  folder: boolean;
}

/** A text file, or why it is unreadable: `does not exist`. */
export async function readTextFile(path: string): Promise<{ text: string } | Unreadable> {
  const read = await readFileBytes(path, MAX_FILE_BYTES);
  if ('unreadable' in read) return read;
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(read.bytes) };
  } catch (error) {
    return { unreadable: whyUnreadable(error), missing: false, folder: false };
  }
}

/** The bytes of a file, or why it is unreadable: `does not exist`. */
export async function readFileBytes(path: string, maxBytes: number): Promise<{ bytes: Buffer } | Unreadable> {
  try {
    const { size } = await stat(path);
    if (size > maxBytes) return tooLarge(maxBytes);
    return { bytes: await readRegularFile(path) };
  } catch (error) {
    return { unreadable: whyUnreadable(error), missing: isMissing(error), folder: isOfFolder(error) };
  }
}

/** The bytes of a stream such as standard input, up to its end. */
export async function readStreamBytes(
  stream: AsyncIterable<string | Uint8Array>,
  maxBytes: number
): Promise<{ bytes: Buffer } | Unreadable> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk as Uint8Array);
    size += bytes.length;
    if (size > maxBytes) return tooLarge(maxBytes);
    chunks.push(bytes);
  }
  return { bytes: Buffer.concat(chunks) };
}

function tooLarge(maxBytes: number): Unreadable {
  return { unreadable: `is larger than ${maxBytes / 1024 / 1024} MiB`, missing: false, folder: false };
}

/** Reads devices as empty, because /dev/zero never ends. Rejects for a pipe, because opening one can block forever. */
export async function readRegularFile(path: string): Promise<Buffer> {
  const found = await stat(path);
  if (found.isFIFO() || found.isSocket()) throw Object.assign(new Error('it is a pipe'), { code: 'ESPIPE' });
  return found.isCharacterDevice() ? Buffer.alloc(0) : readFile(path);
}

/** A folder with everything in it, recursively; at most `MAX_FILES` paths. */
export async function filesBelow(folder: string): Promise<string[]> {
  const found = [folder];
  // The loop also visits what it adds.
  for (const path of found) {
    if (found.length > MAX_FILES) break;
    const children = await readdir(path, { withFileTypes: true }).catch(() => []);
    for (const { name } of children) found.push(join(path, name));
  }
  return found.slice(0, MAX_FILES);
}

/** The folder of a relative path, for messages: ` in /home/ada`. */
export function lookedIn(written: string, path = resolve(written)): string {
  if (isAbsolute(written) || written.startsWith('~')) return '';
  const folder = path.endsWith(`/${written}`) ? path.slice(0, -written.length - 1) || '/' : process.cwd();
  return ` in ${printable(folder, 300)}`;
}

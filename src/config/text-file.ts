import { readFile, stat } from 'node:fs/promises';

const largest = 10 * 1024 * 1024;

/** A text file, or why there is none: `does not exist`. */
export async function readTextFile(path: string): Promise<{ text: string } | { unreadable: string; missing: boolean }> {
  try {
    const { size } = await stat(path);
    if (size > largest) return { unreadable: 'is larger than 10 MiB', missing: false };
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path)) };
  } catch (error) {
    return { unreadable: whyUnreadable(error), missing: codeOf(error) === 'ENOENT' };
  }
}

const reasons: Record<string, string> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  EACCES: 'cannot be read: permission denied',
  EPERM: 'cannot be read: permission denied',
  EISDIR: 'is a folder, not a file',
  ENAMETOOLONG: 'has too long a name',
  ERR_ENCODING_INVALID_ENCODED_DATA: 'is not a UTF-8 text',
};

export function whyUnreadable(error: unknown): string {
  const code = codeOf(error);
  return reasons[code] ?? `cannot be read (${code})`;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}

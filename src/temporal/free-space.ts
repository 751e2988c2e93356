import { statfs } from 'node:fs/promises';
import { isDiskFull } from '../domain/failures/full-disk.ts';

/** With less than this a database cannot grow by a page of its journal, and a log not by a line. */
const MIN_FREE_BYTES = 64 * 1024;

/** Whether nothing more can be written in a folder: no space, or no room for another file. */
export async function isFull(folder: string): Promise<boolean> {
  try {
    const { bavail, bsize, files, ffree } = await statfs(folder);
    return bavail * bsize < MIN_FREE_BYTES || (files > 0 && ffree === 0);
  } catch (error) {
    return isDiskFull(error);
  }
}

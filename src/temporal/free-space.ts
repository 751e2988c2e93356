import { statfs } from 'node:fs/promises';
import { isDiskFull } from '../domain/failures/full-disk.ts';

/** With less space, neither the database nor a log can grow. */
const MIN_FREE_BYTES = 64 * 1024;

/** Whether the file system of a folder is full: no space, or no inodes. */
export async function isFull(folder: string): Promise<boolean> {
  try {
    const { bavail, bsize, files, ffree } = await statfs(folder);
    return bavail * bsize < MIN_FREE_BYTES || (files > 0 && ffree === 0);
  } catch (error) {
    return isDiskFull(error);
  }
}

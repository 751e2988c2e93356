import { stat } from 'node:fs/promises';

/** Changes whenever a file or folder does; a file that is put into its place is another version, too. */
export async function fileVersion(path: string): Promise<string> {
  const found = await stat(path, { bigint: true }).catch(() => null);
  return found ? `${found.ino} ${found.size} ${found.mtimeNs}` : 'missing';
}

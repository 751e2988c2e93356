import { stat } from 'node:fs/promises';

/** Changes whenever a file or folder changes, or is replaced. */
export async function fileVersion(path: string): Promise<string> {
  const found = await stat(path, { bigint: true }).catch(() => null);
  return found ? `${found.ino} ${found.size} ${found.mtimeNs}` : 'missing';
}

import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

export async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

/** Whether a program can be run: a file, or a name that is looked up on a PATH. */
export async function hasProgram(program: string, path: string | undefined): Promise<boolean> {
  return isAbsolute(program) ? isExecutable(program) : (await findExecutable(program, path)) !== null;
}

/** The first executable of that name on a PATH. Relative entries of the PATH are not followed. */
export async function findExecutable(name: string, path: string | undefined): Promise<string | null> {
  for (const folder of (path ?? '').split(delimiter).filter(isAbsolute)) {
    const file = join(folder, name);
    if (await isExecutable(file)) return file;
  }
  return null;
}

import { chmod, mkdir, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Failure } from '../domain/failures/failure.ts';

/**
 * Creates the folder of the embedded Temporal, private because it contains server names and results.
 * @throws Failure InvalidConfig if it cannot be created, belongs to another user, or is world-writable
 */
export async function makeStateFolder(folder: string): Promise<void> {
  let mode: number;
  try {
    await makeFolder(folder);
    mode = (await stat(folder)).mode;
    if ((mode & 0o002) === 0) await chmod(folder, 0o700);
  } catch (error) {
    throw new Failure('InvalidConfig', `The state folder ${folder} cannot be used: ${(error as Error).message}.`, {
      cause: error,
    });
  }
  // Do not change the mode of a shared folder such as /tmp.
  if ((mode & 0o002) !== 0) throw new Failure('InvalidConfig', `The state folder ${folder} is world-writable.`);
}

/** Creates one level at a time: recursive `mkdir` never returns where no folder can be created, such as in /proc. */
async function makeFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (found?.isDirectory()) return;
  if (found !== null) throw new Error('it is a file');
  await makeFolder(dirname(folder));
  await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error; // another fleetmark made it meanwhile
  });
}

/** Renames a log that is too long to `<file>.1`, replacing the earlier one. */
export async function rotateLog(file: string, limitBytes: number): Promise<void> {
  const size = await stat(file).then(
    (stats) => stats.size,
    () => 0
  );
  if (size > limitBytes) await rename(file, `${file}.1`);
}

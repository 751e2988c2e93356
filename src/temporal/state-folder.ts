import { chmod, mkdir, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Failure } from '../domain/failures/failure.ts';

/**
 * Makes the folder of the embedded Temporal, which nobody but its owner may look into: names of servers, and results.
 * @throws Failure InvalidConfig if it cannot be made, is not ours, or is one that others write to
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
  // Making it private would take it from them: /tmp, say.
  if ((mode & 0o002) !== 0)
    throw new Failure('InvalidConfig', `The state folder ${folder} is one that all may write to.`);
}

/** Step by step: `mkdir` with `recursive` never comes back where the file system makes no folders, as under /proc. */
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

/** Puts a log that has become too long aside, as `<file>.1`, in place of the one before. */
export async function rotateLog(file: string, limitBytes: number): Promise<void> {
  const size = await stat(file).then(
    (stats) => stats.size,
    () => 0
  );
  if (size > limitBytes) await rename(file, `${file}.1`);
}

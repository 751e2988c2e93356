import { chmod, mkdir, rename, stat, statfs } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { Failure } from '../domain/failures/failure.ts';
import { isDiskFull } from '../domain/failures/full-disk.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** With less free space, the database and the logs cannot grow. */
const MIN_FREE_BYTES = 64 * 1024;

/**
 * The folder for database, lock and logs of the embedded Temporal: `FLEETMARK_STATE`, otherwise `fleetmark` in the XDG
 * state folder. The XDG specification says to ignore relative paths.
 */
export function stateFolder(env: Environment): string {
  if (env['FLEETMARK_STATE']) return resolve(env['FLEETMARK_STATE']);
  return join(xdgFolder(env['XDG_STATE_HOME'], '.local/state'), 'fleetmark');
}

/** The results store of the embedded Temporal. */
export function resultsFile(stateDir: string): string {
  return join(stateDir, 'results.db');
}

/** The folder for downloaded and built programs. */
export function cacheFolder(env: Environment): string {
  return join(xdgFolder(env['XDG_CACHE_HOME'], '.cache'), 'fleetmark');
}

function xdgFolder(configured: string | undefined, standard: string): string {
  return configured && isAbsolute(configured) ? configured : join(homedir(), standard);
}

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
  } catch (cause) {
    const message = `The state folder ${folder} cannot be used: ${(cause as Error).message}.`;
    throw new Failure('InvalidConfig', message, { cause });
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

/** Whether the file system of a folder is full: no space, or no inodes. */
export async function isFull(folder: string): Promise<boolean> {
  try {
    const { bavail, bsize, files, ffree } = await statfs(folder);
    return bavail * bsize < MIN_FREE_BYTES || (files > 0 && ffree === 0);
  } catch (error) {
    return isDiskFull(error);
  }
}

/** Renames a log that is too long to `<file>.1`, replacing the earlier one. */
export async function rotateLog(file: string, limitBytes: number): Promise<void> {
  const size = await stat(file).then(
    (stats) => stats.size,
    () => 0
  );
  if (size > limitBytes) await rename(file, `${file}.1`);
}

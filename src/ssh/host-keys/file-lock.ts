import { open, unlink } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { fileVersion } from '../../source/file-version.ts';

const POLL_MS = 20;

/**
 * Does short work while holding a lock file, which only one process can create. A lock that does not change for `staleMs`,
 * by our clock since the file may be on another machine, belongs to a process that is gone.
 */
export async function withFileLock<T>(file: string, work: () => Promise<T>, staleMs = 10_000): Promise<T> {
  let seen = { version: '', since: 0 };
  for (;;) {
    const handle = await open(file, 'wx', 0o600).catch(onCode('EEXIST'));
    if (handle) {
      await handle.close();
      break;
    }
    const version = await fileVersion(file);
    const now = performance.now();
    if (seen.version !== version) seen = { version, since: now };
    if (now - seen.since < staleMs) await setTimeout(POLL_MS);
    else await unlink(file).catch(onCode('ENOENT'));
  }
  try {
    return await work();
  } finally {
    await unlink(file).catch(onCode('ENOENT'));
  }
}

function onCode(code: string): (error: NodeJS.ErrnoException) => null {
  return (error) => {
    if (error.code === code) return null;
    throw error;
  };
}

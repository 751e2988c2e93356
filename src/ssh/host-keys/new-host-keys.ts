import { mkdir, open, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileProblem } from '../../source/file-errors.ts';
import { fileVersion } from '../../source/file-version.ts';
import { Failure } from '../../domain/failures/failure.ts';
import { indexKnownHosts, parseKnownHosts, type KnownHost } from './known-hosts.ts';
import { unusableFile } from './verify-host-key.ts';

/** The first host key that a server has presented. The name is as in known_hosts; the type comes from the server. */
export interface NewHostKey {
  name: string;
  type: string;
  key: Buffer;
}

/** Added; already there; or the line that has another key of that name. */
type Outcome = 'added' | 'there' | KnownHost;

/**
 * Adds lines to known_hosts files, one per name, even if many connections, workers and machines do so at the same time.
 * Creates a missing file, readable by its owner only. Rejects with `InvalidConfig`.
 */
export function newHostKeys(): (file: string, hostKey: NewHostKey) => Promise<Outcome> {
  const last = new Map<string, Promise<unknown>>();
  return async (file, hostKey) => {
    if (!/^[\w.:%[\]-]{1,300}$/.test(hostKey.name) || !/^[\w@.-]+$/.test(hostKey.type)) {
      throw new Failure(
        'InvalidConfig',
        `accept-new cannot write the name of this server to ${file}; add its host key by hand`
      );
    }
    const outcome = (last.get(file) ?? Promise.resolve()).then(() => addLine(file, hostKey));
    last.set(
      file,
      outcome.catch(() => {})
    );
    return outcome;
  };
}

async function addLine(file: string, { name, type, key }: NewHostKey): Promise<Outcome> {
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    // A key written to /dev/null would be lost.
    if ((await stat(file).catch(() => null))?.isFile() === false) throw new Error('it is not a file');
    return await withFileLock(`${file}.fleetmark-lock`, async () => {
      const handle = await open(file, 'a+', 0o600);
      try {
        const text = await handle.readFile('latin1');
        const known = indexKnownHosts(parseKnownHosts(text, file)).find(name);
        const own = known.filter(({ marker }) => marker === null);
        if (own.length > 0) return own.some((entry) => entry.key.equals(key)) ? 'there' : own[0]!;
        const start = text === '' || text.endsWith('\n') ? '' : '\n';
        // A single write to the end of the file, so that other writers, such as ssh, cannot come in between.
        await handle.appendFile(`${start}${name} ${type} ${key.toString('base64')}\n`);
        return 'added';
      } finally {
        await handle.close();
      }
    });
  } catch (error) {
    const why = `accept-new cannot add to the known_hosts file ${file} (${fileProblem(error)})${unusableFile([file])}`;
    throw new Failure('InvalidConfig', why, { cause: error });
  }
}

const POLL_MS = 20;

/**
 * Does short work while holding a lock file, which only one process can create. A lock that does not change for `staleMs`,
 * measured on our clock since the file may be on another machine, belongs to a process that is gone.
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

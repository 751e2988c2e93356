import { mkdir, open, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileProblem } from '../../source/file-errors.ts';
import { Failure } from '../../domain/failures/failure.ts';
import { withFileLock } from './file-lock.ts';
import { keepsNone } from './verify-host-key.ts';
import { parseKnownHosts } from './known-host.ts';
import type { KnownHost } from './known-host.ts';
import { indexKnownHosts } from './known-hosts.ts';

/** The first host key that a server has shown. The name is as known_hosts has it, the type comes from the server. */
export interface NewHostKey {
  name: string;
  type: string;
  key: Buffer;
}

/** It was added; it was there already; or this line knows another key of that name. */
type Outcome = 'added' | 'there' | KnownHost;

interface Waiting {
  hostKey: NewHostKey;
  resolve: (outcome: Outcome) => void;
  reject: (error: unknown) => void;
}

/**
 * Adds lines to known_hosts files: one a name, never twice, however many connections and workers of this and of other
 * machines do it at once. What comes while a file is being written is written together. A file that is missing is made,
 * for its owner only. Rejects with `InvalidConfig`.
 */
export function newHostKeys(): (file: string, hostKey: NewHostKey) => Promise<Outcome> {
  const queues = new Map<string, Waiting[]>();

  async function writeAll(file: string, queue: Waiting[]): Promise<void> {
    while (queue.length > 0) {
      const batch = queue.splice(0);
      try {
        const outcomes = await addLines(file, batch);
        for (const [index, { resolve }] of batch.entries()) resolve(outcomes[index]!);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    queues.delete(file);
  }

  return async (file, hostKey) => {
    if (!/^[\w.:%[\]-]{1,300}$/.test(hostKey.name) || !/^[\w@.-]+$/.test(hostKey.type)) {
      throw new Failure(
        'InvalidConfig',
        `the name of a server of ${file} cannot be written to it; add its key by hand`
      );
    }
    return new Promise((resolve, reject) => {
      const waiting = { hostKey, resolve, reject };
      const queue = queues.get(file);
      if (queue) return void queue.push(waiting);
      const started = [waiting];
      queues.set(file, started);
      void writeAll(file, started);
    });
  };
}

async function addLines(file: string, batch: readonly Waiting[]): Promise<Outcome[]> {
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    // Into /dev/null a key would be written without ever being known.
    if ((await stat(file).catch(() => null))?.isFile() === false) throw new Error('it is not a file');
    return await withFileLock(`${file}.fleetmark-lock`, async () => {
      const handle = await open(file, 'a+', 0o600);
      try {
        const text = await handle.readFile('latin1');
        const known = indexKnownHosts(parseKnownHosts(text, file));
        const isOpenLine = text !== '' && !text.endsWith('\n');
        const lines: string[] = [];
        const before = text.split('\n').length - (isOpenLine ? 0 : 1);
        const added: KnownHost[] = [];
        const outcomes = batch.map(({ hostKey: { name, type, key } }): Outcome => {
          const ofName = added.filter(({ hosts }) => hosts === name);
          const own = [...known.find(name), ...ofName].filter(({ marker }) => marker === null);
          if (own.length > 0) return own.find((entry) => entry.key.equals(key)) ? 'there' : own[0]!;
          const line = before + lines.push(`${name} ${type} ${key.toString('base64')}\n`);
          added.push({ file, line, marker: null, hosts: name, type, key });
          return 'added';
        });
        // One write at the end of the file: nobody can come in between, ssh itself included.
        if (lines.length > 0) await handle.appendFile((isOpenLine ? '\n' : '') + lines.join(''));
        return outcomes;
      } finally {
        await handle.close();
      }
    });
  } catch (error) {
    const why = `accept-new cannot add to the known_hosts file ${file} (${fileProblem(error)})${keepsNone([file])}`;
    throw new Failure('InvalidConfig', why, { cause: error });
  }
}

/** A process that writes into a store, and what it was told is safe. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { StoreAddress } from '../../src/store/store-address.ts';
import { contentOf } from './stores.ts';

export interface Writer {
  process: ChildProcess;
  /** The servers that are safe. */
  safe: string[];
  errors: string[];
  /** Resolves when so many servers are safe. */
  wrote(count: number): Promise<void>;
  /** Resolves at its first error after this call. */
  failed(): Promise<void>;
  ended: Promise<unknown>;
}

export function startWriter(address: StoreAddress, name: string, count: number): Writer {
  const program = join(import.meta.dirname, 'writer-process.ts');
  const words = ['--import', 'tsx', program, JSON.stringify(address), name, String(count)];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [safe, errors]: [string[], string[]] = [[], []];
  const ended = once(child, 'close');
  const [lines, problems] = [createInterface(child.stdout), createInterface(child.stderr)];
  lines.on('line', (line) => void safe.push(line));
  problems.on('line', (line) => void errors.push(line));
  return {
    ...{ process: child, safe, errors, ended },
    async wrote(wanted) {
      while (safe.length < wanted) {
        await Promise.race([once(lines, 'line'), ended.then(() => Promise.reject(new Error(errors.join('\n'))))]);
      }
    },
    async failed() {
      await once(problems, 'line');
    },
  };
}

/** All that was called safe is there, once and whole; of the rest, each server is there whole, or not at all. */
export async function expectWhole(address: StoreAddress, safe: readonly string[]): Promise<void> {
  const content = await contentOf(address);
  const ids = (table: string) => (content[table] as { server_id: string }[]).map((row) => row.server_id).sort();
  const servers = ids('servers');
  expect(servers).toEqual(expect.arrayContaining([...safe]));
  expect(new Set(servers).size).toBe(servers.length);
  expect(ids('measurements')).toEqual(servers);
  expect(ids('outputs')).toEqual(servers);
  expect((content['servers'] as { report_row: string | null }[]).filter((row) => row.report_row === null)).toEqual([]);
}

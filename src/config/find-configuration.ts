import { isIPv6 } from 'node:net';
import { resolve } from 'node:path';
import { Failure } from '../domain/failures/failure.ts';
import { isNodeSet, splitAtCommas } from '../inventory/entries/node-set.ts';
import { pathExists, readStreamBytes, MAX_LIST_BYTES } from '../source/text-file.ts';
import type { ConfigurationSource, GivenInventory } from './configuration-source.ts';

type Input = AsyncIterable<string | Uint8Array> & { isTTY?: boolean };

/**
 * The configuration of a command line. Its file is `--config`, else FLEETMARK_CONFIG, else `fleetmark.yaml` in the current
 * folder, which is optional if there is an inventory.
 * @throws Failure InvalidConfig
 */
export async function findConfiguration(
  { config, inventory }: { config?: string | undefined; inventory?: string | undefined },
  env: Readonly<Record<string, string | undefined>>,
  stdin: Input
): Promise<ConfigurationSource> {
  const given = inventory === undefined ? null : await readGivenInventory(inventory, stdin);
  const named = config ?? (env['FLEETMARK_CONFIG'] || null);
  const file = named ?? 'fleetmark.yaml';
  if (given === null) return { file, inventory: null };
  return named === null && !(await pathExists(file)) ? { file: null, inventory: given } : { file, inventory: given };
}

/**
 * The value of `--inventory`: a file, `-` for standard input, or a list of hosts: `web-1,web-2`, `web-[1-8]`, `[::1]:2222`.
 * @throws Failure InvalidConfig
 */
export async function readGivenInventory(written: string, stdin: Input): Promise<GivenInventory> {
  if (written === '') throw new Failure('InvalidConfig', '--inventory is empty; name a file or list hosts.');
  if (written === '-') return { kind: 'standard input', written, text: await readAll(stdin) };
  const isList = written.includes(',') || isNodeSet(written) || isIPv6Address(written);
  if (!isList || (await pathExists(written))) return { kind: 'file', written, path: resolve(written) };
  const hosts = splitAtCommas(written).map((host) => host.trim());
  return { kind: 'list', written, text: hosts.filter((host) => host !== '').join('\n') };
}

/** `::1`, `[::1]`, `bench@[fe80::1%eth0]:2222` */
function isIPv6Address(written: string): boolean {
  const [, bracketed, plain = ''] = /^(?:[^@]*@)?(?:\[([^\]]*)\](?::\d+)?|(.*))$/s.exec(written) ?? [];
  return isIPv6(bracketed ?? plain);
}

async function readAll(stdin: Input): Promise<string> {
  if (stdin.isTTY) {
    const instead = 'ansible-inventory -i hosts.yml --list > hosts.json, then --inventory hosts.json';
    throw new Failure('InvalidConfig', `--inventory - reads from a pipe, not from a terminal: ${instead}`);
  }
  const read = await readStreamBytes(stdin, MAX_LIST_BYTES);
  if ('unreadable' in read) throw new Failure('InvalidConfig', `The inventory from standard input ${read.unreadable}.`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(read.bytes);
  } catch (cause) {
    throw new Failure('InvalidConfig', 'The inventory from standard input is not valid UTF-8.', { cause });
  }
}

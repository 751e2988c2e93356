import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { isHost } from '../../../src/source/hosts/host.ts';
import { idOfHost, type InventoryEntry } from '../../../src/inventory/entries/inventory.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

export const ansibleInventory = process.env['FLEETMARK_ANSIBLE_INVENTORY'] || 'ansible-inventory';

/**
 * Whether to compare with the real ansible-inventory: it is in PATH, or in FLEETMARK_ANSIBLE_INVENTORY, which `npm test`
 * sets. If `CI` is `true`, its absence is a failure.
 */
export function hasAnsible(): boolean {
  if (process.env['CI'] === 'true') return true;
  try {
    execFileSync(ansibleInventory, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    console.warn('Skipped: there is no ansible-inventory in PATH or as FLEETMARK_ANSIBLE_INVENTORY (ansible-core).');
    return false;
  }
}

interface List {
  _meta: { hostvars: Record<string, Record<string, unknown>> };
  [group: string]: unknown;
}

/** Runs `list-inventories.py` with the Python of ansible-inventory, until this process ends. */
class Lister {
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;

  constructor() {
    const program = execFileSync('which', [ansibleInventory], { encoding: 'utf8' }).trim();
    const [, python = 'python3'] = /^#!(\S+)/.exec(readFileSync(program, 'utf8')) ?? [];
    const env = { ...process.env, ANSIBLE_CONFIG: join(import.meta.dirname, 'ansible.cfg') };
    const script = join(import.meta.dirname, 'list-inventories.py');
    this.#child = spawn(python, [script], { cwd: '/', env, stdio: ['pipe', 'pipe', 'ignore'] });
    this.#child.stdin!.on('error', () => undefined);
    this.#answers = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
  }

  async list(path: string): Promise<List | null> {
    this.#child.stdin!.write(`${path}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new Error(`list-inventories.py ended while it read ${path}`);
    return JSON.parse(value) as List | null;
  }
}

let lister: Lister | null = null;

/**
 * The output of `ansible-inventory --list` for an inventory; null if it refuses it. The text of `NAME.sh` is the output of
 * an inventory program. Any other end (a signal, a crash of Python) is thrown.
 */
export async function listOf(name: string, text: string): Promise<List | null> {
  const folder = temporaryFolder('ansible');
  const program = `#!/bin/sh\ncase $1 in --list) cat <<'END'\n${text}\nEND\n;; *) echo '{}' ;; esac\n`;
  const [content, mode] = name.endsWith('.sh') ? [program, 0o700] : [text, 0o600];
  writeFileSync(join(folder, name), content, { mode });
  lister ??= new Lister();
  return await lister.list(join(folder, name));
}

const unreached = { port: null, user: null, keyFile: null, hostKey: null, jumps: null, hardwareClass: null };

/** The servers of a list: a second implementation of the rules of ansible.builtin.ssh and group_names. */
export function serversOfList({ _meta: { hostvars }, ...groups }: List): InventoryEntry[] {
  const above = new Map<string, Set<string>>();
  const direct = new Map<string, Set<string>>();
  for (const [name, group] of Object.entries(groups)) {
    const { hosts = [], children = [] } = group as { hosts?: string[]; children?: string[] };
    for (const host of hosts) direct.set(host, (direct.get(host) ?? new Set()).add(name));
    for (const child of children) above.set(child, (above.get(child) ?? new Set()).add(name));
  }
  return [...direct].map(([name, of]): InventoryEntry => {
    // The loop also visits what it adds.
    const all = new Set(of);
    for (const group of all) for (const parent of above.get(group) ?? []) all.add(parent);
    all.delete('all');
    const variables = hostvars[name] ?? {};
    const last = (...names: string[]) =>
      names.map((each) => variables[each] ?? null).findLast((value) => value !== null);
    const text = (value: unknown): string | null => {
      const plain: unknown = typeof value === 'object' && value !== null ? Object.values(value)[0] : value;
      return typeof plain === 'string' && plain !== '' ? plain : typeof plain === 'number' ? `${plain}` : null;
    };
    const shared = { serverId: idOfHost(name), groups: [...all].sort() };
    const plugin = text(last('ansible_connection'));
    if (plugin !== null && !/^(ansible\.(builtin|legacy)\.)?(ssh|smart)$/.test(plugin)) {
      const skip = `not reached by SSH: its ansible_connection is ${plugin}`;
      return { ...shared, ...unreached, host: isHost(name) ? name : '', skip };
    }
    const port = text(last('ansible_port', 'ansible_ssh_port'));
    return {
      ...shared,
      host: text(last('ansible_host', 'ansible_ssh_host')) ?? name,
      port: port === null ? null : Number(port),
      user: text(last('ansible_user', 'ansible_ssh_user')),
      keyFile: text(last('ansible_private_key_file', 'ansible_ssh_private_key_file')),
      hostKey: text(last('fleetmark_host_key')),
      jumps: null,
      hardwareClass: text(last('fleetmark_class')),
    };
  });
}

/** Sorts by id, without positions. */
export function byId(entries: readonly InventoryEntry[]): InventoryEntry[] {
  return entries.map(({ from: _, ...entry }) => entry).sort((a, b) => (a.serverId < b.serverId ? -1 : 1));
}

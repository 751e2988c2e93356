import { execFile } from 'node:child_process';
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { ansibleInventory } from './ansible-inventory.ts';

/** How Ansible would connect to a host, as `ssh -G` shows it. */
export interface RealConnection {
  host: string;
  user: string;
  port: number;
  /** Null: the default keys of ssh. */
  key: string | null;
  jump: string | null;
}

/**
 * Lets the real Ansible connect to all hosts of an inventory, with an ssh stub that only records `ssh -G` of its arguments.
 * @param folder the current folder, an absolute path
 */
export async function connectionsOfAnsible(
  inventory: string,
  folder: string,
  home: string,
  env: Record<string, string> = {}
): Promise<RealConnection[]> {
  const program = ansibleInventory.includes('/') ? join(dirname(ansibleInventory), 'ansible') : 'ansible';
  const [stub, record] = [join(home, 'ssh'), join(home, 'record')];
  rmSync(record, { force: true });
  writeFileSync(stub, `#!/bin/sh\nssh -G -F none "$@" >>'${record}'\nexit 255\n`);
  chmodSync(stub, 0o700);
  const settings = { HOME: home, ANSIBLE_HOME: home, ANSIBLE_SSH_EXECUTABLE: stub, PATH: process.env['PATH']! };
  const args = ['all', '-i', inventory, '-m', 'raw', '-a', 'true', '--forks', '1'];
  await promisify(execFile)(program, args, { cwd: folder, env: { ...settings, ...env } }).catch((error: unknown) => {
    // Exit code 4: every host is unreachable.
    if ((error as { code?: unknown }).code !== 4) throw error;
  });
  const blocks = readFileSync(record, 'utf8').split(/^(?=host )/m);
  return blocks.map((block) => {
    const all = (name: string) => [...block.matchAll(new RegExp(`^${name} (.*)$`, 'gm'))].map(([, value]) => value!);
    const [key = ''] = all('identityfile');
    return {
      host: all('hostname')[0]!,
      user: all('user')[0]!,
      port: Number(all('port')[0]),
      key: /^~\/\.ssh\/id_/.test(key) ? null : resolve(folder, key.replace(/^~/, home)),
      jump: all('proxyjump')[0]?.replace(/[[\]]/g, '') ?? null,
    };
  });
}

import { execFile } from 'node:child_process';
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { ansibleInventory } from './ansible-inventory.ts';

/** How Ansible would connect to a host, in the words of `ssh -G`. */
export interface RealConnection {
  host: string;
  user: string;
  port: number;
  /** Null: those that ssh tries by itself. */
  key: string | null;
  jump: string | null;
}

/**
 * Lets the real Ansible connect to all hosts of an inventory, by an ssh that only says what its arguments mean.
 * @param folder the current folder, an absolute path
 */
export async function connectionsOfAnsible(
  inventory: string,
  folder: string,
  home: string,
  env: Record<string, string> = {}
): Promise<RealConnection[]> {
  const program = ansibleInventory.includes('/') ? join(dirname(ansibleInventory), 'ansible') : 'ansible';
  const [stub, told] = [join(home, 'ssh'), join(home, 'told')];
  rmSync(told, { force: true });
  writeFileSync(stub, `#!/bin/sh\nssh -G -F none "$@" >>'${told}'\nexit 255\n`);
  chmodSync(stub, 0o700);
  const settings = { HOME: home, ANSIBLE_HOME: home, ANSIBLE_SSH_EXECUTABLE: stub, PATH: process.env['PATH']! };
  const args = ['all', '-i', inventory, '-m', 'raw', '-a', 'true', '--forks', '1'];
  await promisify(execFile)(program, args, { cwd: folder, env: { ...settings, ...env } }).catch((error: unknown) => {
    // Every host is unreachable.
    if ((error as { code?: unknown }).code !== 4) throw error;
  });
  const blocks = readFileSync(told, 'utf8').split(/^(?=host )/m);
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

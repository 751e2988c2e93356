import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { accessSync } from 'node:fs';

/** Root may, but not in every container. */
export const canMount = spawnSync('unshare', ['--mount', 'true']).status === 0;

export const canMountFuse = canMount && pathExists('/dev/fuse');

/** Commands of a shell: the resolver is the one of this file. */
export function withResolver(resolvConf: string): string {
  return `mount --bind '${resolvConf}' /etc/resolv.conf`;
}

/** Commands of a shell: a file system whose server never answers, as that of a dead NFS server, and keeps all waiting. */
export function withDeadMount(folder: string): string {
  return `exec 3<>/dev/fuse && mount -i -t fuse -o fd=3,rootmode=40000,user_id=0,group_id=0 dead '${folder}'`;
}

/** A program with mounts of its own. */
export function withMounts(mounts: string, program: readonly string[]): [string, ...string[]] {
  return ['unshare', '-m', '/bin/sh', '-c', `${mounts} && exec "$@"`, 'sh', ...program];
}

/** Runs a program of TypeScript with mounts of its own; what it prints is JSON. */
export async function runWithMounts<T>(mounts: string, program: string, argument: unknown): Promise<T> {
  const tsx = [process.execPath, '--import', 'tsx', program, JSON.stringify(argument)];
  const [unshare, ...args] = withMounts(mounts, tsx);
  const child = spawn(unshare, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${output}`);
  return JSON.parse(output) as T;
}

function pathExists(path: string): boolean {
  try {
    accessSync(path);
    return true;
  } catch {
    return false;
  }
}

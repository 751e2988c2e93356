/** How a test gives a program its own mounts. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { accessSync } from 'node:fs';

/** root may mount, but not in every container. */
export const canMount = spawnSync('unshare', ['--mount', 'true']).status === 0;

export const canMountFuse = canMount && pathExists('/dev/fuse');

/** Shell commands that replace resolv.conf by this file. */
export function withResolver(resolvConf: string): string {
  return `mount --bind '${resolvConf}' /etc/resolv.conf`;
}

/**
 * Shell commands that mount a file system whose server never answers, like a dead NFS server, so that all access hangs.
 */
export function withDeadMount(folder: string): string {
  return `exec 3<>/dev/fuse && mount -i -t fuse -o fd=3,rootmode=40000,user_id=0,group_id=0 dead '${folder}'`;
}

/** A program that runs with its own mounts. */
export function withMounts(mounts: string, program: readonly string[]): [string, ...string[]] {
  return ['unshare', '-m', '/bin/sh', '-c', `${mounts} && exec "$@"`, 'sh', ...program];
}

/** Runs a TypeScript program with its own mounts; its output is JSON. */
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

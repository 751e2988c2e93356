/** How a test gives a program its own network. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { killWithThisProcess } from './processes.ts';

/** root may create a network namespace, but not in every container. */
export const canUnshareNetwork = spawnSync('unshare', ['--net', 'ip', 'link']).status === 0;

/** A network namespace with only a loopback interface: all its ports are free. */
export interface OwnNetwork {
  /** A program, with its arguments, that joins the network and then runs the given command. */
  through: string[];
  remove(): void;
}

/** The network of this machine if none can be created. */
export async function startOwnNetwork(): Promise<OwnNetwork> {
  if (!canUnshareNetwork) return { through: [], remove: () => undefined };
  const script = 'ip link set lo up && echo up && exec sleep infinity';
  const holder = spawn('unshare', ['--net', '/bin/sh', '-c', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  killWithThisProcess(holder);
  await once(holder.stdout, 'data');
  return { through: ['nsenter', `--net=/proc/${holder.pid}/ns/net`], remove: () => void holder.kill() };
}

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';

/** Root may, but not in every container. */
export const canUnshareNetwork = spawnSync('unshare', ['--net', 'ip', 'link']).status === 0;

/** A network with nothing but a loopback: every port of it is free, whatever runs beside. */
export interface OwnNetwork {
  /** A program, with its arguments, that joins the network and becomes the one that follows. */
  through: string[];
  remove(): void;
}

/** Where none can be made, the one of this machine. */
export async function startOwnNetwork(): Promise<OwnNetwork> {
  if (!canUnshareNetwork) return { through: [], remove: () => undefined };
  const script = 'ip link set lo up && echo up && exec sleep infinity';
  const holder = spawn('unshare', ['--net', '/bin/sh', '-c', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  process.once('exit', () => holder.kill());
  await once(holder.stdout, 'data');
  return { through: ['nsenter', `--net=/proc/${holder.pid}/ns/net`], remove: () => void holder.kill() };
}

import { join } from 'node:path';

/** The account on the demo servers. */
export const DEMO_USER = 'demo';

export interface DemoServer {
  serverId: string;
  /** On 127.0.0.1. */
  port: number;
  role: 'healthy' | 'slow' | 'unreachable';
}

/** The benchmark program: the first one on the PATH, otherwise a Node program. */
export type DemoTool = 'sysbench' | 'openssl' | 'node';

/** Paths of the files in the demo folder. */
export function demoFiles(directory: string): Record<'key' | 'knownHosts' | 'configuration' | 'log', string> {
  return {
    key: join(directory, 'id_ed25519'),
    knownHosts: join(directory, 'known_hosts'),
    configuration: join(directory, 'fleetmark.yaml'),
    log: join(directory, 'demo-fleet.log'),
  };
}

import type { Server } from '../domain/server.ts';

type Address = Pick<Server, 'serverId' | 'host' | 'port'>;

/**
 * Two ids of one machine would be measured at once, and each be slow because of the other. Of those whose host and port
 * are the same all but the first, with the reason for their rows.
 */
export function sameAddresses(servers: Iterable<Address>): Record<string, string> {
  const first = new Map<string, string>();
  const reasons = new Map<string, string>();
  for (const { serverId, host, port } of servers) {
    const address = JSON.stringify([host.toLowerCase().replace(/\.$/, ''), port]);
    const before = first.get(address);
    if (before === undefined) first.set(address, serverId);
    else reasons.set(serverId, `the same machine as ${before} (${addressText(host, port)})`);
  }
  return Object.fromEntries(reasons);
}

function addressText(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

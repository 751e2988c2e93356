import { formatEndpoint } from '../../domain/servers/endpoint.ts';
import { sameMachineAs, type Server } from '../../domain/servers/server.ts';

type Address = Pick<Server, 'serverId' | 'host' | 'port' | 'user' | 'jumps'>;

/**
 * Two ids of one machine would be measured in parallel, and slow each other down. Of the ids with the same host, port, user
 * and jump hosts, returns all but the first, with the reason for their rows. The same private address behind another jump
 * host is another machine, and so may be another user: a gateway can choose the machine by the user. A user that only ssh
 * knows counts as another one, since a server that is left out is never measured, while the preparation of a server notices
 * the same machine by itself.
 */
export function sameAddresses(servers: Iterable<Address>): Record<string, string> {
  const first = new Map<string, string>();
  const reasons = new Map<string, string>();
  for (const { serverId, host, port: written, user, jumps } of servers) {
    const port = written ?? 22;
    const address = JSON.stringify([machineName(host), port, user, jumps]);
    const before = first.get(address);
    if (before === undefined) first.set(address, serverId);
    else reasons.set(serverId, `${sameMachineAs(before)} (${formatEndpoint({ host, port })})`);
  }
  return Object.fromEntries(reasons);
}

/** `::ffff:192.0.2.1` is 192.0.2.1, and `web-1.` is `web-1`. */
function machineName(host: string): string {
  return host
    .toLowerCase()
    .replace(/\.$/, '')
    .replace(/^::ffff:(?=\d+\.)/, '');
}

import { formatEndpoint } from '../../domain/servers/endpoint.ts';
import { sameMachineAs, type Server } from '../../domain/servers/server.ts';

type Address = Pick<Server, 'serverId' | 'host' | 'port' | 'jumps'>;

/**
 * Two ids of one machine would be measured in parallel, and slow each other down. Of the ids with the same host, port and
 * jump hosts, returns all but the first, with the reason for their rows. The same private address behind another jump host
 * is another machine.
 */
export function sameAddresses(servers: Iterable<Address>): Record<string, string> {
  const first = new Map<string, string>();
  const reasons = new Map<string, string>();
  for (const { serverId, host, port: written, jumps } of servers) {
    const port = written ?? 22;
    const address = JSON.stringify([machineName(host), port, jumps]);
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

import type { Configuration } from '../domain/configuration.ts';
import { formatEndpoint } from '../domain/endpoint.ts';
import { printable } from '../domain/untrusted.ts';
import { plain } from './style.ts';
import type { Style } from './style.ts';
import { table } from './table.ts';

/** What `fleetmark servers --json` prints of each server: what is written of it; null: nothing is. */
export interface ListedServer {
  serverId: string;
  host: string | null;
  port: number | null;
  user: string | null;
  hardwareClass: string | null;
  groups: string[];
  /** Why nothing is measured on it; null: it is. */
  skip: string | null;
}

/** @param serverIds - in this order */
export function serverListing({ servers }: Configuration, serverIds: readonly string[]): ListedServer[] {
  return serverIds.flatMap((id) => {
    const server = servers.get(id);
    if (server === undefined) return [];
    const { serverId, host, port, user, hardwareClass, groups, skip = null } = server;
    return [{ serverId, host: host === '' ? null : host, port, user, hardwareClass, groups, skip }];
  });
}

const GROUPS_LIMIT = 200;

/** One line for each server; what nobody has written is `-`. */
export function serverListingText(servers: readonly ListedServer[], style: Style = plain): string {
  const head = ['server', 'address', 'user', 'class', 'groups'].map((text) => ({ text, role: 'muted' as const }));
  const rows = servers.map((server) =>
    [server.serverId, addressOf(server), server.user ?? '-', server.hardwareClass ?? '-', groupsOf(server)].map(
      (text) => ({ text })
    )
  );
  return `${table([head, ...rows], style).join('\n')}\n`;
}

/** `web-1.example.com:22`, `[fe80::1%eth0]:22`, `fe80::1%eth0` */
function addressOf({ host, port }: ListedServer): string {
  if (host === null) return '-';
  return printable(formatEndpoint({ host, port }), 260);
}

function groupsOf({ groups }: ListedServer): string {
  return printable(groups.join(','), GROUPS_LIMIT) || '-';
}

import type { Configuration } from '../../domain/plans/configuration.ts';
import { formatEndpoint } from '../../domain/servers/endpoint.ts';
import type { ListedConnection } from '../../domain/servers/server.ts';
import { printable } from '../../domain/values/untrusted.ts';
import { plain, type Style } from '../style.ts';
import { headedTable } from '../table.ts';

/** What `fleetmark servers --json` prints for each server: how it is reached, and which file says so. */
export interface ListedServer extends Omit<ListedConnection, 'from'> {
  serverId: string;
  host: string | null;
  hardwareClass: string | null;
  groups: string[];
  /** Null if no connection is made to it. */
  from: ListedConnection['from'] | null;
  /** Why it is skipped; null if it is measured. */
  skip: string | null;
}

const noConnection = { user: null, port: null, key: null, jump: null, from: null, problem: null };

/** @param serverIds - in this order */
export function serverListing(
  { servers }: Configuration,
  serverIds: readonly string[],
  connections: ReadonlyMap<string, ListedConnection>
): ListedServer[] {
  return serverIds.flatMap((id) => {
    const server = servers.get(id);
    if (server === undefined) return [];
    const { serverId, host, hardwareClass, groups, skip = null } = server;
    const connection = connections.get(id) ?? noConnection;
    return [{ serverId, host: host === '' ? null : host, ...connection, hardwareClass, groups, skip }];
  });
}

const TEXT_LIMIT = 200;

/** One line for each server; `-` means not set. */
export function serverListingText(servers: readonly ListedServer[], style: Style = plain, width = Infinity): string {
  const head = ['server', 'address', 'user', 'key', 'jump', 'class', 'groups'];
  const rows = servers.map((server) => {
    const { user, key, jump, hardwareClass } = server;
    const words = [server.serverId, addressOf(server), user, key, jump, hardwareClass, groupsOf(server)];
    return words.map((text) => printable(text ?? '-', 2 * TEXT_LIMIT) || '-');
  });
  return `${headedTable(head, rows, style, width).join('\n')}\n`;
}

function addressOf({ host, port }: ListedServer): string | null {
  return host === null ? null : formatEndpoint({ host, port });
}

/** The groups, plus the reason if the server is skipped or has a problem. */
function groupsOf({ groups, skip, problem }: ListedServer): string {
  const why = skip ?? problem;
  const named = printable(groups.join(','), TEXT_LIMIT);
  return [named, ...(why === null ? [] : [`(${why})`])].filter((text) => text !== '').join(' ');
}

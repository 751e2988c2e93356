import { isIPv6 } from 'node:net';
import { isServerId } from '../domain/server.ts';
import { isHost, isUser } from './host.ts';
import { quoted } from './problem.ts';

/** A server as an inventory names it; null where the line leaves something to the configuration. */
export interface InventoryEntry {
  serverId: string;
  host: string;
  port: number | null;
  user: string | null;
}

export interface InventoryMistake {
  line: number;
  message: string;
}

type Line = Omit<InventoryEntry, 'serverId'> & { line: number };

/**
 * Reads one host a line: `host`, `user@host`, `host:port`, `[IPv6]:port`; `#` begins a comment.
 *
 * The server id is the host, with `-` for the `:` of an IPv6 address. Where one host is there under several ports, each
 * of its servers is called `host_port`.
 */
export function parsePlainInventory(text: string): { entries: InventoryEntry[]; mistakes: InventoryMistake[] } {
  const mistakes: InventoryMistake[] = [];
  const lines: Line[] = [];
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const words = raw.replace(/(^|\s)#.*$/, '').trim();
    if (words === '') continue;
    const read = parseLine(words);
    if (typeof read === 'string') mistakes.push({ line: index + 1, message: read });
    else lines.push({ ...read, line: index + 1 });
  }
  const named = nameServers(lines);
  return { entries: named.entries, mistakes: [...mistakes, ...named.mistakes] };
}

function parseLine(words: string): Omit<Line, 'line'> | string {
  if (/^\[.*[a-z_].*\]$/i.test(words) && !isIPv6(words.slice(1, -1))) {
    return `${quoted(words)} looks like a group of an Ansible inventory; those come with a later version`;
  }
  if (/\s/.test(words)) return `${quoted(words)} is more than one word; write one user@host:port a line`;
  const at = words.lastIndexOf('@');
  const user = at < 0 ? null : words.slice(0, at);
  if (user !== null && !isUser(user)) return `${quoted(user)} is not the name of an account`;
  const address = words.slice(at + 1);
  if (isIPv6(address)) return { host: address, port: null, user };

  const [, v6, name, digits] = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/s.exec(address) ?? [];
  const host = v6 ?? name ?? '';
  if (v6 === undefined ? !isHost(host) : !isIPv6(host)) {
    return `${quoted(address)} is not a host name or an IP address, with or without a port`;
  }
  const port = digits === undefined ? null : /^\d{1,5}$/.test(digits) ? Number(digits) : Number.NaN;
  if (port !== null && !(port >= 1 && port <= 65535)) return `${quoted(digits)} is not a port: 1 to 65535`;
  return { host, port, user };
}

function nameServers(lines: readonly Line[]): { entries: InventoryEntry[]; mistakes: InventoryMistake[] } {
  const portsOf = new Map<string, Set<number>>();
  for (const { host, port } of lines) {
    const ports = portsOf.get(host.toLowerCase()) ?? new Set();
    portsOf.set(host.toLowerCase(), ports.add(port ?? 22));
  }
  const entries: InventoryEntry[] = [];
  const mistakes: InventoryMistake[] = [];
  const firstLine = new Map<string, number>();
  for (const { line, ...rest } of lines) {
    const several = portsOf.get(rest.host.toLowerCase())!.size > 1;
    const serverId = idOfHost(rest.host) + (several ? `_${rest.port ?? 22}` : '');
    const before = firstLine.get(serverId.toLowerCase());
    firstLine.set(serverId.toLowerCase(), before ?? line);
    if (before !== undefined) mistakes.push({ line, message: `${serverId} is there twice, first in line ${before}` });
    else if (isServerId(serverId)) entries.push({ serverId, ...rest });
    else mistakes.push({ line, message: `${quoted(serverId)} is no server id; list it under servers: with an id` });
  }
  return { entries, mistakes };
}

/** `::1` is `0::1`: an id begins with a letter or digit. */
function idOfHost(host: string): string {
  return isIPv6(host) ? host.replace(/^:/, '0:').replace(/[:%]/g, '-') : host;
}

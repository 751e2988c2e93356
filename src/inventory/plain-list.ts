import { isIPv6 } from 'node:net';
import { canonicalHost, isHost, isUser, readPort } from '../source/hosts/host.ts';
import { MAX_NAMES } from './entries/brackets.ts';
import { expandNodeSet, isNodeSet } from './entries/node-set.ts';
import { MAX_PLACED_PROBLEMS, quotedName } from '../source/problem.ts';
import { MAX_VALUE_LENGTH } from '../source/text-file.ts';
import {
  idOfHost,
  ServerIds,
  noConnection,
  type Inventory,
  type InventoryEntry,
  type InventoryMistake,
} from './entries/inventory.ts';
import { isElsewhere, nothingOutside, type OutsideVariables } from './ansible/ansible-variables.ts';
import { HostReader } from './ansible/host-reader.ts';

interface Address {
  host: string;
  port: number | null;
  user: string | null;
}
type Line = Address & { line: number };

/**
 * Reads one host per line: `host`, `user@host`, `host:port`, `[IPv6]:port`; `#` begins a comment. A node set such as
 * `bench@node[001-128]:2222` is expanded.
 *
 * The server id is the host, with `-` for the `:` of an IPv6 address. If a host is listed with several ports, the ids of
 * its servers are `host_port`.
 */
export function readPlainList(text: string, outside: OutsideVariables = nothingOutside): Inventory {
  const mistakes: InventoryMistake[] = [];
  const lines: Line[] = [];
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    if (raw.length > MAX_VALUE_LENGTH) {
      mistakes.push({ line: index + 1, message: `is longer than ${MAX_VALUE_LENGTH} characters` });
      continue;
    }
    const words = raw.replace(/(^|\s)#.*$/, '').trim();
    if (words === '') continue;
    const line = index + 1;
    const read = readLine(words);
    if (typeof read === 'string') mistakes.push({ line, message: read });
    else if (lines.length + read.length > MAX_NAMES) {
      mistakes.push({ line, message: `more than ${MAX_NAMES} servers` });
      break; // each further line could expand to as many names again
    } else for (const address of read) lines.push({ ...address, line });
  }
  const named = nameServers(lines, outside);
  const all = [...mistakes, ...named.mistakes].sort((a, b) => a.line - b.line);
  const first = all.slice(0, MAX_PLACED_PROBLEMS);
  return { entries: all.length > 0 ? [] : named.entries, mistakes: first, unplaced: all.length - first.length };
}

function readLine(words: string): Address[] | string {
  // The other words may contain a password.
  const [first = '', ...others] = words.split(/\s+/);
  if (others.length > 0)
    return `${quotedName(`${first} ...`)} is more than one word; write one user@host:port per line`;
  const names = isNodeSet(words) ? expandNodeSet(words) : [words];
  if ('problem' in names) return names.problem;
  const addresses: Address[] = [];
  for (const name of names) {
    const address = readAddress(name);
    if (typeof address === 'string') return address;
    addresses.push(address);
  }
  return addresses;
}

function readAddress(word: string): Address | string {
  const at = word.lastIndexOf('@');
  const user = at < 0 ? null : word.slice(0, at);
  if (user !== null && !isUser(user)) return `${quotedName(user.replace(/:.*$/s, ':***'))} is not a valid user name`;
  const address = word.slice(at + 1);
  if (isIPv6(address)) return { host: canonicalHost(address), port: null, user };

  const [, v6, name, digits] = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/s.exec(address) ?? [];
  const host = v6 ?? name ?? '';
  if (v6 === undefined ? !isHost(host) : !isIPv6(host)) {
    return `${quotedName(address)} is not a host name or an IP address, with or without a port`;
  }
  const port = digits === undefined ? null : readPort(digits);
  if (digits !== undefined && port === null) return `${portText(digits)} is not a port: 1 to 65535`;
  return { host: canonicalHost(host), port, user };
}

/** Does not repeat the value: `web-1:22:password` contains a password. */
function portText(text: string): string {
  return /^[^:]*$/.test(text) ? quotedName(text) : 'the text after the first ":"';
}

function nameServers(lines: readonly Line[], outside: OutsideVariables): Pick<Inventory, 'entries' | 'mistakes'> {
  const portsOf = new Map<string, Set<number>>();
  for (const { host, port } of lines) {
    const ports = portsOf.get(host.toLowerCase()) ?? new Set();
    portsOf.set(host.toLowerCase(), ports.add(port ?? 22));
  }
  const named = lines.map((line) => {
    const several = portsOf.get(line.host.toLowerCase())!.size > 1;
    return { ...line, name: idOfHost(line.host) + (several ? `_${line.port ?? 22}` : '') };
  });
  const mistakes: InventoryMistake[] = [];
  const firstLine = new Map<string, number>();
  const ids = new ServerIds(named.map(({ name }) => name));
  // In Ansible, its hosts are in these groups only.
  const reader = new HostReader(outside);
  const shared = reader.shared(['ungrouped'], []);
  const entries = named.map(({ name, line, host, port, user }): InventoryEntry => {
    const { serverId, skip } = ids.of(name);
    const before = firstLine.get(serverId.toLowerCase());
    firstLine.set(serverId.toLowerCase(), before ?? line);
    if (before !== undefined) mistakes.push({ line, message: `duplicate server ${serverId}, first on line ${before}` });
    const found = skip === undefined ? reader.read(host, shared, new Map()) : { skip };
    if ('skip' in found) return { ...noConnection, serverId, host, groups: [], skip: found.skip };
    const { connection, from } = found;
    const written = { ...(port === null ? {} : { port: { line } }), ...(user === null ? {} : { user: { line } }) };
    return {
      ...{ ...connection, serverId, groups: [], from: { ...from, ...written } },
      ...{ host: connection.host ?? host, port: port ?? connection.port, user: user ?? connection.user },
    };
  });
  for (const { place, ...mistake } of reader.mistakes()) {
    mistakes.push({ ...(isElsewhere(place) ? place : { line: 0 }), ...mistake });
  }
  return { entries, mistakes };
}

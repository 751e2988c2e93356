import type { ConnectionPart, Server } from '../domain/servers/server.ts';
import { isServerId } from '../domain/servers/server.ts';
import { canonicalHost, isHost } from '../source/hosts/host.ts';
import type { InventoryEntry, Origin } from '../inventory/entries/inventory.ts';
import { MAX_NAMES } from '../inventory/entries/brackets.ts';
import { expandNodeSet } from '../inventory/entries/node-set.ts';
import type { Problem } from '../source/problem.ts';
import { quoted } from '../source/problem.ts';
import type { ServersText } from './schema/schema.ts';
import type { Login } from './ssh-settings.ts';

interface Found {
  servers: Server[];
  problems: Problem[];
}

/**
 * A node set such as `web-[1-3]` is as many servers; a `host` that is one too gives each its own.
 * @param keys in the order in which they are written
 */
export function serversOfMap(
  text: ServersText,
  keys: readonly string[],
  login: Login,
  keyPath: (path: string) => string
): Found {
  const problems: Problem[] = [];
  const servers: Server[] = [];
  const keyOf = new Map<string, string>();
  for (const key of keys) {
    const written: Partial<NonNullable<ServersText[string]>> = text[key] ?? {};
    const path = ['servers', key];
    const names = expandServers(key, written.host ?? key);
    if (typeof names === 'string') problems.push({ path, message: names, atKey: true });
    else if (keyOf.size + names.length > MAX_NAMES) {
      problems.push({ path, message: `more than ${MAX_NAMES} servers`, atKey: true });
      break; // each key more could be as many again
    } else
      for (const { serverId, host } of names) {
        const before = keyOf.get(serverId);
        keyOf.set(serverId, key);
        if (before !== undefined) {
          problems.push({ path, message: `${serverId} is there twice, first in ${before}`, atKey: true });
          break;
        }
        const { port = null, user = null, hostKey = null, jump: jumps = null } = written;
        const keyFile = written.key === undefined ? null : keyPath(written.key);
        const { class: hardwareClass = null, groups = [] } = written;
        const about = { hardwareClass, groups: [...new Set(groups)].sort() };
        const said = { user, port, key: keyFile, jump: jumps };
        const parts = (['user', 'port', 'key', 'jump'] as const).filter((part) => said[part] !== null);
        const from = Object.fromEntries(parts.map((part) => [part, 'fleetmark.yaml']));
        const own = { serverId, host, port, user, keyFile, hostKey, jumps, from };
        servers.push(serverOf({ ...own, ...about }, login));
      }
  }
  const needsKey = keys.some((key) => text[key]?.key === undefined);
  const needsUser = keys.some((key) => text[key]?.user === undefined);
  return { servers, problems: [...problems, ...loginProblems(login, needsUser, needsKey)] };
}

/** The ids and hosts of an entry of `servers:`, or what is wrong with it. */
function expandServers(key: string, host: string): { serverId: string; host: string }[] | string {
  const ids = expandNodeSet(key);
  if ('problem' in ids) return ids.problem;
  const hosts = expandNodeSet(host);
  if ('problem' in hosts) return hosts.problem;
  if (hosts.length !== ids.length) return `is ${ids.length} servers with ${hosts.length} hosts`;
  const wrong = ids.find((id) => !isServerId(id));
  if (wrong !== undefined) return `${quoted(wrong)} is no server id`;
  if (key === host && !ids.every(isHost)) return 'has an id that is no host name; give it a host';
  const wrongHost = hosts.find((each) => !isHost(each));
  if (wrongHost !== undefined) return `${quoted(wrongHost)} is no host name`;
  return ids.map((serverId, index) => ({ serverId, host: hosts[index]! }));
}

/**
 * @param keyPath makes a path of a key file absolute
 * @param placeOf shows where something is written
 */
export function serversOfInventory(
  entries: readonly InventoryEntry[],
  login: Login,
  keyPath: (path: string) => string,
  placeOf: (origin: Origin) => string
): Found {
  const servers = entries.map(({ from: origins = {}, ...entry }): Server => {
    if (entry.skip !== undefined) return entry;
    const keyFile = entry.keyFile === null ? null : keyPath(entry.keyFile);
    const jumps = entry.jumps?.map((jump) => {
      return jump.keyFile === undefined ? jump : { ...jump, keyFile: keyPath(jump.keyFile) };
    });
    const said = { user: entry.user, key: keyFile, jump: jumps ?? null };
    const from: Partial<Record<ConnectionPart, string>> = {};
    for (const [part, origin] of Object.entries(origins) as [ConnectionPart, Origin][]) {
      // What Ansible is configured with for all hosts counts less than fleetmark.yaml.
      const isLess = origin.isDefault === true && part !== 'port' && ofAll(login)[part] !== null;
      if (isLess) said[part] = null;
      else from[part] = placeOf(origin);
    }
    return serverOf({ ...entry, user: said.user, keyFile: said.key, jumps: said.jump, from }, login);
  });
  const reached = servers.filter(({ skip }) => skip === undefined);
  const needsUser = reached.some(({ user }) => user === null);
  const needsKey = reached.some(({ keyFile }) => keyFile === null);
  return { servers, problems: loginProblems(login, needsUser, needsKey) };
}

function ofAll({ user, keyFile, jumps }: Login) {
  return { user, key: keyFile, jump: jumps };
}

/** With what fleetmark.yaml says of all servers. */
function serverOf(entry: Server, login: Login): Server {
  const { host, user, keyFile, jumps, from = {} } = entry;
  const said = { user, key: keyFile, jump: jumps };
  const filled = (['user', 'key', 'jump'] as const).filter(
    (part) => said[part] === null && ofAll(login)[part] !== null
  );
  return {
    ...entry,
    host: canonicalHost(host),
    user: user ?? login.user,
    keyFile: keyFile ?? login.keyFile,
    jumps: jumps ?? login.jumps,
    from: { ...from, ...Object.fromEntries(filled.map((part) => [part, 'fleetmark.yaml'])) },
  };
}

function loginProblems(login: Login, needsUser: boolean, needsKey: boolean): Problem[] {
  const problems: Problem[] = [];
  if (needsUser && login.userMissing) {
    problems.push({ path: ['ssh', 'user'], message: 'is missing, and the current user has no name' });
  }
  if (needsKey && login.keyMissing) {
    const message = 'is missing, and there is neither an ssh-agent nor a key in ~/.ssh';
    problems.push({ path: ['ssh', 'key'], message });
  }
  return problems;
}

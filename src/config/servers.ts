import { isServerId, type ConnectionPart, type Server } from '../domain/servers/server.ts';
import { MAX_NAMES } from '../inventory/entries/brackets.ts';
import type { InventoryEntry, Origin } from '../inventory/entries/inventory.ts';
import { expandNodeSet } from '../inventory/entries/node-set.ts';
import { canonicalHost, isHost } from '../source/hosts/host.ts';
import { quoted, type Problem } from '../source/problem.ts';
import type { ServersText } from './schema/schema.ts';
import type { Login } from './ssh-settings.ts';

/**
 * The entries of `servers:`. A node set such as `web-[1-3]` is several servers; its `host` may be a node set, too.
 * @param keys in their written order
 */
export function entriesOfMap(
  text: ServersText,
  keys: readonly string[]
): { entries: InventoryEntry[]; problems: Problem[] } {
  const problems: Problem[] = [];
  const entries: InventoryEntry[] = [];
  const keyOf = new Map<string, string>();
  for (const key of keys) {
    const written = text[key] ?? {};
    const path = ['servers', key];
    const names = expandNames(key, written.host ?? key);
    if (typeof names === 'string') problems.push({ path, message: names, atKey: true });
    else if (keyOf.size + names.length > MAX_NAMES) {
      problems.push({ path, message: `more than ${MAX_NAMES} servers`, atKey: true });
      break; // each further key could expand to as many names again
    } else
      for (const name of names) {
        const before = keyOf.get(name.serverId);
        keyOf.set(name.serverId, key);
        if (before !== undefined) {
          problems.push({ path, message: `duplicate server ${name.serverId}, also in ${before}`, atKey: true });
          break;
        }
        entries.push({ ...name, ...settingsOf(written) });
      }
  }
  return { entries, problems };
}

function settingsOf(written: NonNullable<ServersText[string]>): Omit<InventoryEntry, 'serverId' | 'host'> {
  const { port = null, user = null, key: keyFile = null, hostKey = null, jump: jumps = null } = written;
  const groups = [...new Set(written.groups)].sort();
  const from = Object.fromEntries(setParts({ user, port, keyFile, jumps }).map((part) => [part, { line: null }]));
  return { port, user, keyFile, hostKey, jumps, hardwareClass: written.class ?? null, groups, from };
}

/** The ids and hosts of a key of `servers:`, or its problem. */
function expandNames(key: string, host: string): { serverId: string; host: string }[] | string {
  const ids = expandNodeSet(key);
  if ('problem' in ids) return ids.problem;
  const hosts = expandNodeSet(host);
  if ('problem' in hosts) return hosts.problem;
  if (hosts.length !== ids.length) return `has ${ids.length} servers, but ${hosts.length} hosts`;
  const wrong = ids.find((id) => !isServerId(id));
  if (wrong !== undefined) return `${quoted(wrong)} is not a valid server id`;
  if (key === host && !ids.every(isHost)) return 'is not a host name; add a host';
  const wrongHost = hosts.find((each) => !isHost(each));
  if (wrongHost !== undefined) return `${quoted(wrongHost)} is not a host name`;
  return ids.map((serverId, index) => ({ serverId, host: hosts[index]! }));
}

/**
 * Adds the defaults in `ssh:` of `fleetmark.yaml` to each server.
 * @param keyPath makes the path of a key file absolute
 * @param placeOf shows an origin in messages
 */
export function withLogin(
  entries: readonly InventoryEntry[],
  login: Login,
  keyPath: (path: string) => string,
  placeOf: (origin: Origin) => string
): Server[] {
  const ofAll = setParts(login);
  return entries.map(({ from: origins = {}, ...entry }): Server => {
    if (entry.skip !== undefined) return entry;
    // fleetmark.yaml overrides the defaults of ansible.cfg.
    const isOverridden = (part: ConnectionPart): boolean => origins[part]?.isDefault === true && ofAll.includes(part);
    const jumps = isOverridden('jump') ? login.jumps : (entry.jumps ?? login.jumps);
    const from: Server['from'] = Object.fromEntries(ofAll.map((part) => [part, 'fleetmark.yaml']));
    for (const [part, origin] of Object.entries(origins) as [ConnectionPart, Origin][]) {
      if (!isOverridden(part)) from[part] = placeOf(origin);
    }
    return {
      ...{ ...entry, host: canonicalHost(entry.host), from },
      user: isOverridden('user') ? login.user : (entry.user ?? login.user),
      keyFile: isOverridden('key') || entry.keyFile === null ? login.keyFile : keyPath(entry.keyFile),
      jumps: jumps?.map(({ keyFile, ...jump }) => (keyFile ? { ...jump, keyFile: keyPath(keyFile) } : jump)) ?? null,
    };
  });
}

/** The parts of a connection that are set. */
function setParts(of: Pick<Server, 'user' | 'keyFile' | 'jumps'> & { port?: number | null }): ConnectionPart[] {
  const values = { user: of.user, port: of.port ?? null, key: of.keyFile, jump: of.jumps };
  return (['user', 'port', 'key', 'jump'] as const).filter((part) => values[part] !== null);
}

export function loginProblems(servers: readonly Server[], login: Login): Problem[] {
  const reached = servers.filter(({ skip }) => skip === undefined);
  const problems: Problem[] = [];
  if (login.userMissing && reached.some(({ user }) => user === null)) {
    problems.push({ path: ['ssh', 'user'], message: 'is missing, and the current user has no name' });
  }
  if (login.keyMissing && reached.some(({ keyFile }) => keyFile === null)) {
    const message = 'is missing, and there is neither an ssh-agent nor a key in ~/.ssh';
    problems.push({ path: ['ssh', 'key'], message });
  }
  return problems;
}

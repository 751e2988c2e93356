import type { Server } from '../domain/server.ts';
import { isHost } from './host.ts';
import type { InventoryEntry } from './inventory/inventory.ts';
import type { Problem } from './problem.ts';
import type { ServersText } from './schema.ts';
import type { Login } from './ssh-settings.ts';

interface Found {
  servers: Server[];
  problems: Problem[];
}

/** @param ids in the order in which they are written */
export function serversOfMap(
  text: ServersText,
  ids: readonly string[],
  login: Login,
  keyPath: (path: string) => string
): Found {
  const problems: Problem[] = [];
  const servers = ids.flatMap((serverId): Server[] => {
    const written = text[serverId] ?? { port: 22 };
    const path = ['servers', serverId];
    const host = written.host ?? serverId;
    if (!isHost(host)) problems.push({ path, message: 'has an id that is no host name; give it a host', atKey: true });
    const keyFile = written.key === undefined ? null : keyPath(written.key);
    const server = serverOf(
      { serverId, host, port: written.port, user: written.user ?? null, keyFile, groups: [] },
      login
    );
    return server ? [server] : [];
  });
  const needsKey = ids.some((serverId) => text[serverId]?.key === undefined);
  const needsUser = ids.some((serverId) => text[serverId]?.user === undefined);
  return { servers, problems: [...problems, ...loginProblems(login, needsUser, needsKey)] };
}

export function serversOfInventory(
  entries: readonly InventoryEntry[],
  login: Login,
  keyPath: (path: string) => string
): Found {
  const servers = entries.flatMap((entry) => {
    const keyFile = entry.keyFile === null ? null : keyPath(entry.keyFile);
    return serverOf({ ...entry, keyFile }, login) ?? [];
  });
  const needsUser = entries.some((entry) => entry.user === null);
  const needsKey = entries.some((entry) => entry.keyFile === null);
  return { servers, problems: loginProblems(login, needsUser, needsKey) };
}

function serverOf(entry: InventoryEntry, login: Login): Server | null {
  const user = entry.user ?? login.user;
  if (user === null) return null;
  const { serverId, host, port, keyFile, groups } = entry;
  return {
    serverId,
    host,
    port: port ?? 22,
    user,
    keyFile: keyFile ?? login.keyFile,
    hardwareClass: 'default',
    groups,
  };
}

function loginProblems(login: Login, needsUser: boolean, needsKey: boolean): Problem[] {
  const problems: Problem[] = [];
  if (needsUser && login.user === null) {
    problems.push({ path: ['ssh', 'user'], message: 'is missing, and the current user has no name' });
  }
  if (needsKey && login.missing) {
    const message = 'is missing, and there is neither an ssh-agent nor a key in ~/.ssh';
    problems.push({ path: ['ssh', 'key'], message });
  }
  return problems;
}

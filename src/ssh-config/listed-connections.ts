import type { Configuration } from '../domain/plans/configuration.ts';
import { formatEndpoint } from '../domain/servers/endpoint.ts';
import { Failure } from '../domain/failures/failure.ts';
import type { ConnectionPart, ListedConnection, Server } from '../domain/servers/server.ts';
import { defaultKeyFiles } from '../config/ssh-settings.ts';
import type { Account } from '../source/surroundings.ts';
import { pathExists } from '../source/text-file.ts';
import { findSsh, type AskSsh } from './ask-ssh.ts';
import { hostSettings, type HostSettings } from './host-settings.ts';

/** Each one needs an ssh process. For more servers, only settings of the inventory and fleetmark.yaml are shown. */
const MAX_ASKED_SERVERS = 2000;

/** How this machine reaches servers, and where each setting comes from. */
export async function listedConnections(
  { servers, sshConfig, ssh }: Configuration,
  serverIds: readonly string[],
  account: Account
): Promise<Map<string, ListedConnection>> {
  const ask = await findSsh(serverIds.length <= MAX_ASKED_SERVERS && sshConfig.file, account);
  const sshSource = typeof sshConfig.file === 'string' ? sshConfig.file : 'ssh config';
  const keySource = ssh.agentSocket === null ? 'default' : 'ssh-agent';
  const key = ssh.agentSocket === null ? await firstExisting(defaultKeyFiles(account.home)) : null;
  const defaults = { sshSource, keySource, key };
  const reached = serverIds.flatMap((id) => servers.get(id) ?? []).filter(({ skip }) => skip === undefined);
  const found = await Promise.all(
    reached.map(async (server) => [server.serverId, await connectionOf(server, ask, account, defaults)] as const)
  );
  return new Map(found);
}

async function connectionOf(
  server: Server,
  ask: AskSsh,
  account: Account,
  defaults: { sshSource: string; keySource: string; key: string | null }
): Promise<ListedConnection> {
  const found = await askAbout(server, ask, account);
  const said = found instanceof Failure ? null : found;
  const key = server.keyFile ?? (await firstExisting(said?.keyFiles ?? [])) ?? said?.keyFiles?.[0] ?? null;
  const jumps = server.jumps ?? said?.jumps ?? [];
  const source = (part: ConnectionPart, isSaid: boolean, otherwise = 'default'): string =>
    server.from?.[part] ?? (isSaid ? defaults.sshSource : otherwise);
  return {
    user: server.user ?? said?.user ?? account.user,
    port: server.port ?? said?.port ?? 22,
    key: key ?? defaults.key,
    jump: jumps.length === 0 ? null : jumps.map(formatEndpoint).join(','),
    from: {
      user: source('user', typeof said?.user === 'string'),
      port: source('port', typeof said?.port === 'number'),
      key: source('key', key !== null, defaults.keySource),
      jump: source('jump', (said?.jumps.length ?? 0) > 0),
    },
    problem: found instanceof Failure ? found.message : null,
  };
}

async function askAbout(server: Server, ask: AskSsh, account: Account): Promise<HostSettings | Failure> {
  const { host, port, user } = server;
  const destination = { host, port, user };
  try {
    return hostSettings(await ask(destination), destination, account, server.jumps !== null);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

async function firstExisting(files: readonly string[]): Promise<string | null> {
  for (const file of files) if (await pathExists(file)) return file;
  return null;
}

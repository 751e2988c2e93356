import type { Configuration } from '../domain/plans/configuration.ts';
import { formatEndpoint } from '../domain/servers/endpoint.ts';
import { Failure } from '../domain/failures/failure.ts';
import type { ListedConnection } from '../domain/servers/listed-connection.ts';
import type { ConnectionPart, Server } from '../domain/servers/server.ts';
import { usualKey } from '../config/ssh-settings.ts';
import type { Account } from '../source/surroundings.ts';
import { isThere } from '../source/text-file.ts';
import type { AskSsh } from './ask-ssh.ts';
import { findSsh } from './ask-ssh.ts';
import { hostSettings } from './host-settings.ts';
import type { HostSettings } from './host-settings.ts';

/** Each costs an ssh process. For more servers, only the inventory and fleetmark.yaml are shown. */
const MAX_ASKED_SERVERS = 2000;

/** How this machine reaches servers, and where each setting comes from. */
export async function listedConnections(
  { servers, sshConfig, ssh }: Configuration,
  serverIds: readonly string[],
  account: Account
): Promise<Map<string, ListedConnection>> {
  const ask = await findSsh(serverIds.length <= MAX_ASKED_SERVERS && sshConfig.file, account);
  const ofSsh = sshConfig.file === true || sshConfig.file === false ? 'ssh config' : sshConfig.file;
  const usual = { key: await usualKey(account.home), hasAgent: ssh.agentSocket !== null, account, ofSsh };
  const reached = serverIds.flatMap((id) => servers.get(id) ?? []).filter(({ skip }) => skip === undefined);
  const found = await Promise.all(
    reached.map(async (server) => {
      const said = await saidBySsh(server, ask, account);
      return [server.serverId, await connectionOf(server, said, usual)] as const;
    })
  );
  return new Map(found);
}

async function saidBySsh(server: Server, ask: AskSsh, account: Account): Promise<HostSettings | Failure> {
  const { host, port, user } = server;
  const destination = { host, port, user };
  try {
    return hostSettings(await ask(destination), destination, account, server.jumps !== null);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

interface Usual {
  key: string | null;
  hasAgent: boolean;
  account: Account;
  ofSsh: string;
}

async function connectionOf(server: Server, found: HostSettings | Failure, usual: Usual): Promise<ListedConnection> {
  const said = found instanceof Failure ? null : found;
  const key = server.keyFile ?? (await firstThere(said?.keyFiles ?? []));
  const usualKeyFile = usual.hasAgent ? null : usual.key;
  const jumps = server.jumps ?? said?.jumps ?? [];
  const isOfSsh: Record<ConnectionPart, boolean> = {
    user: typeof said?.user === 'string',
    port: typeof said?.port === 'number',
    key: key !== null,
    jump: (said?.jumps.length ?? 0) > 0,
  };
  const fromOf = (part: ConnectionPart, otherwise = 'default'): string => {
    return server.from?.[part] ?? (isOfSsh[part] ? usual.ofSsh : otherwise);
  };
  return {
    user: server.user ?? said?.user ?? usual.account.user,
    port: server.port ?? said?.port ?? 22,
    key: key ?? usualKeyFile,
    jump: jumps.length === 0 ? null : jumps.map(formatEndpoint).join(','),
    from: {
      ...{ user: fromOf('user'), port: fromOf('port') },
      ...{ key: fromOf('key', usual.hasAgent ? 'ssh-agent' : 'default'), jump: fromOf('jump') },
    },
    problem: found instanceof Failure ? found.message : null,
  };
}

/** As ssh does, prefers the first existing key file. */
async function firstThere(files: readonly string[]): Promise<string | null> {
  for (const file of files) if (await isThere(file)) return file;
  return files[0] ?? null;
}

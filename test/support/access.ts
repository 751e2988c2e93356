/** How a test reaches its servers by SSH, as the inventory and the settings would say. */
import type { CommandRequest } from '../../src/domain/jobs/job.ts';
import type { Hop, SshSettings, Route } from '../../src/domain/servers/server.ts';
import { createSsh, type SshDependencies } from '../../src/ssh/create-ssh.ts';
import type { Sshd } from './sshd.ts';
import { silent } from './silent.ts';

/** The connection of a test server, as the inventory and the settings would give it. */
export interface Access {
  server: Route;
  settings: SshSettings;
}

export function accessTo(
  { port, user, keyFile, knownHostsFile }: Pick<Sshd, 'port' | 'user' | 'keyFile' | 'knownHostsFile'>,
  { server = {}, settings = {} }: { server?: Partial<Route>; settings?: Partial<SshSettings> } = {}
): Access {
  return {
    server: {
      serverId: 'web-7',
      host: '127.0.0.1',
      port,
      user,
      identities: [{ keyFile }],
      hostKey: null,
      hostKeyAlias: null,
      knownHostsFiles: null,
      agentSocket: null,
      jumps: [],
      ...server,
    },
    settings: {
      knownHostsFiles: [knownHostsFile],
      hostKeys: 'strict',
      passphrase: null,
      agentSocket: null,
      connectTimeoutMs: 10_000,
      giveUpAfterMs: 0,
      answerTimeoutMs: 60_000,
      ...settings,
    },
  };
}

/** The sshd of a test as a jump host. */
export function hopTo({ port, user, keyFile }: Pick<Sshd, 'port' | 'user' | 'keyFile'>, more: Partial<Hop> = {}): Hop {
  const defaults = { hostKey: null, hostKeyAlias: null, knownHostsFiles: null, agentSocket: null };
  return { host: '127.0.0.1', port, user, identities: [{ keyFile }], ...defaults, ...more };
}

/** SSH to servers of a test, each by its id. */
export function sshToAll(servers: readonly Route[], settings: SshSettings, more: Partial<SshDependencies> = {}) {
  const routes = new Map(servers.map((server) => [server.serverId, server]));
  return createSsh({
    routeOf: async (serverId) => routes.get(serverId)!,
    settings: async () => settings,
    log: silent,
    ...more,
  });
}

export function sshTo({ server, settings }: Access, more: Partial<SshDependencies> = {}) {
  const ssh = sshToAll([server], settings, more);
  const run = (command: string, request: Partial<CommandRequest> = {}) =>
    ssh.runCommand({
      serverId: server.serverId,
      commandId: 'run-1/cpu/1',
      command,
      timeoutMs: 60_000,
      signal: new AbortController().signal,
      ...request,
    });
  const connection = () => ssh.connection({ serverId: server.serverId, signal: new AbortController().signal });
  return { run, connection, jobs: ssh.jobs, close: () => ssh.close() };
}

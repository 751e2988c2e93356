import { Failure } from '../domain/failures/failure.ts';
import type { DetachedJobs, ServerName, Ssh } from '../domain/jobs/job.ts';
import type { SshSettings, Route } from '../domain/servers/server.ts';
import { outsideLogContext } from '../logging/context.ts';
import type { Logger } from '../logging/logger.ts';
import { DEFAULT_KEEPALIVE_MS } from './connections/connect.ts';
import type { Connection } from './connections/connect.ts';
import { Connections } from './connections/connections.ts';
import type { Shell } from './jobs/verb-sender.ts';
import { createJobs } from './jobs/detached-jobs.ts';
import type { DetachedJobLimits } from './jobs/limits.ts';
import { createInspections } from './jobs/run-command.ts';
import { detachedJobLimits } from './jobs/limits.ts';
import { faultOfLoginFiles } from './connections/login-files.ts';
import { ShellFailure } from './connections/shell-exit.ts';
import { SharedConnection } from './connections/shared-connection.ts';
import { DEFAULT_OPEN_MS, Shells } from './connections/shells.ts';
import { checkPlace, checkTarget, targetFingerprint } from './host-keys/verify-target.ts';

export interface SshDependencies {
  /** The inventory, read anew for every job. */
  routeOf: (serverId: string) => Promise<Route>;
  settings: () => Promise<SshSettings>;
  log: Logger;
  /** How long a connection stays open without a job. */
  idleMs?: number;
  /** How long a server may take to start a shell on an open connection; longer than a dead link takes to be noticed. */
  openMs?: number;
  /** How often a connection is asked whether it still lives; it is given up after the third question. */
  keepaliveMs?: number;
  jobLimits?: Partial<DetachedJobLimits>;
  /** On the servers: where jobs live if it is fit for them. */
  jobFolder?: string;
}

/** What there is of a server, for as long as it is reached in the same way. */
interface Open {
  /** The target, as a text. */
  access: string;
  shared: SharedConnection;
  shells: Shells;
}

/** The port behind which all SSH happens, with one connection per server. Nothing runs after `close`. */
export function createSsh({
  routeOf,
  settings,
  log,
  idleMs = 15_000,
  openMs = DEFAULT_OPEN_MS,
  keepaliveMs = DEFAULT_KEEPALIVE_MS,
  jobLimits = {},
  jobFolder = '',
}: SshDependencies): Ssh & { jobs: DetachedJobs; close(): Promise<void> } {
  const open = new Map<string, Open>();
  const closing = new AbortController();
  const connections = new Connections({ settings, log, keepaliveMs, idleMs });

  function openTo(server: Route): Open {
    const access = JSON.stringify(server);
    const known = open.get(server.serverId);
    if (known?.access === access) return known;
    known?.shared.retire();
    const destination = { hop: server, jumps: server.jumps, log: log.child({ serverId: server.serverId }) };
    // Outside, or its lines would carry the context of whoever needed it first.
    const connect = (signal: AbortSignal) => outsideLogContext(() => connections.connect(destination, signal));
    const shared = new SharedConnection(connect, idleMs);
    const opened = { access, shared, shells: new Shells(shared, openMs) };
    open.set(server.serverId, opened);
    return opened;
  }

  async function reach(
    { serverId, target }: ServerName,
    signal: AbortSignal
  ): Promise<Open & { server: Route; check: (connection: Connection) => void }> {
    const server = await routeOf(serverId);
    signal.throwIfAborted();
    closing.signal.throwIfAborted();
    if (target !== undefined) checkPlace(server, target);
    const check = ({ hostKey }: Connection) => {
      if (target !== undefined) checkTarget(server, hostKey, target);
    };
    return { server, ...openTo(server), check };
  }

  const shell: Shell = async (name, signal, use) => {
    const { shells, check } = await reach(name, signal);
    try {
      return await shells.withShell(signal, check, use);
    } catch (error) {
      if (!(error instanceof ShellFailure)) throw error;
      const why = await shells
        .withShell(signal, check, (channel) => faultOfLoginFiles(channel, signal))
        .catch(() => null);
      throw why === null ? error : new Failure('HostUnsuitable', why, { cause: error });
    }
  };

  const asked = { shell, closing: closing.signal, log, limits: { ...detachedJobLimits, ...jobLimits } };
  return {
    jobs: createJobs({ ...asked, folder: jobFolder }),
    async connection({ signal, ...name }) {
      const { server, shared, check } = await reach(name, signal);
      const connection = await shared.connection(signal);
      check(connection);
      const { hostKey, trusted } = connection;
      const { user, host, port } = server;
      return { user, host, port, hostKey, trusted, target: targetFingerprint(server, hostKey) };
    },
    runCommand: createInspections(asked),
    async close() {
      const reason = new Failure('ConnectionLost', 'this worker is shutting down');
      closing.abort(reason);
      for (const { shared } of open.values()) shared.close();
      open.clear();
      await connections.close(reason);
    },
  };
}

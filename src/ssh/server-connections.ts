import { Failure } from '../domain/failures/failure.ts';
import type { ServerName } from '../domain/jobs/job.ts';
import type { Route } from '../domain/servers/server.ts';
import { outsideLogContext } from '../logging/context.ts';
import type { Connection } from './connections/connect.ts';
import { Connections, type ConnectionsDependencies } from './connections/connections.ts';
import { SharedConnection } from './connections/shared-connection.ts';
import { Shells } from './connections/shells.ts';
import { verifyTargetEndpoint, verifyTargetHostKey } from './host-keys/verify-target.ts';
import type { Shell } from './jobs/script-sender.ts';

export interface ServerConnectionsDependencies extends ConnectionsDependencies {
  /** The inventory, read again for every job. */
  routeOf: (serverId: string) => Promise<Route>;
  /** Time to start a shell on an open connection; longer than it takes to notice a dead link. */
  openMs: number;
}

/** The shared connection of a server while its route does not change. */
interface Open {
  routeText: string;
  shared: SharedConnection;
  shells: Shells;
}

/** One shared connection per server of the inventory. Nothing runs after `close`. */
export class ServerConnections {
  readonly #dependencies: ServerConnectionsDependencies;
  readonly #connections: Connections;
  readonly #open = new Map<string, Open>();
  readonly #closing = new AbortController();
  /** Aborted by `close`. */
  readonly closing = this.#closing.signal;

  constructor(dependencies: ServerConnectionsDependencies) {
    this.#dependencies = dependencies;
    this.#connections = new Connections(dependencies);
  }

  /** Runs `use` with a shell on the server. */
  readonly shell: Shell = async (name, signal, use) => {
    const { shells, check } = await this.#reach(name, signal);
    return shells.withShell(signal, check, use);
  };

  /** The route to a server, and the connection there; connects if there is none. */
  async connected(name: ServerName, signal: AbortSignal): Promise<{ route: Route; connection: Connection }> {
    const { route, shared, check } = await this.#reach(name, signal);
    const { connection, release } = await shared.acquire(signal);
    release();
    check(connection);
    return { route, connection };
  }

  async close(): Promise<void> {
    const reason = new Failure('ConnectionLost', 'this worker is shutting down');
    this.#closing.abort(reason);
    for (const { shared } of this.#open.values()) shared.close();
    this.#open.clear();
    await this.#connections.close(reason);
  }

  async #reach({ serverId, target }: ServerName, signal: AbortSignal) {
    const route = await this.#dependencies.routeOf(serverId);
    signal.throwIfAborted();
    this.closing.throwIfAborted();
    verifyTargetEndpoint(route, target);
    const check = ({ hostKey }: Connection) => verifyTargetHostKey(route, hostKey, target);
    return { route, ...this.#openTo(route), check };
  }

  #openTo(route: Route): Open {
    const { log, idleMs, openMs } = this.#dependencies;
    const routeText = JSON.stringify(route);
    const known = this.#open.get(route.serverId);
    if (known?.routeText === routeText) return known;
    const destination = { hop: route, jumps: route.jumps, log: log.child({ serverId: route.serverId }) };
    // Outside, or its lines would carry the log context of its first user.
    const connect = (signal: AbortSignal) => outsideLogContext(() => this.#connections.connect(destination, signal));
    const shared = new SharedConnection(connect, idleMs);
    const opened = { routeText, shared, shells: new Shells(shared, openMs) };
    this.#open.set(route.serverId, opened);
    return opened;
  }
}

import { Failure } from '../../domain/failures/failure.ts';
import type { Hop, SshSettings } from '../../domain/servers/server.ts';
import { outsideLogContext } from '../../logging/context.ts';
import type { Logger } from '../../logging/logger.ts';
import { connectUntilPinnedKey } from '../host-keys/host-key-verifier.ts';
import { hostKeyVerifiers } from '../host-keys/known-hosts-files.ts';
import { authenticator } from '../keys/authentication.ts';
import { addressesOf } from './addresses.ts';
import { wasClosedUnheard } from './connect-failure.ts';
import { connect, type Connection } from './connect.ts';
import { directTransport, hostAndPort } from './direct-transport.ts';
import { forwardedTransport } from './forwarded-transport.ts';
import { HandshakeSlots } from './handshake-slots.ts';
import { retryUnreachable, type Waiting } from './retry.ts';
import { SharedConnection } from './shared-connection.ts';

export interface ConnectionsDependencies {
  settings: () => Promise<SshSettings>;
  log: Logger;
  /** The interval of keepalives; a connection counts as lost after three unanswered ones. */
  keepaliveMs: number;
  /** How long an unused connection stays open. */
  idleMs: number;
  /** Gets the number of open connections, also those to jump hosts, at each change. */
  onOpenChange?: (open: number) => void;
}

/** The server to connect to, the jump hosts on the route, and the log of that server. */
interface Destination {
  hop: Hop;
  jumps: readonly Hop[];
  log: Logger;
  /** Prefix of the messages of its failures. */
  at?: string;
}

interface JumpConnection {
  jump: Hop;
  connection: Connection;
  release: () => void;
  onFrozen: () => void;
}

/**
 * Connects to servers, through jump hosts where needed, and can close all connections. A jump host has one connection for
 * everything behind it, which is closed some time after its last use.
 */
export class Connections {
  readonly #dependencies: ConnectionsDependencies;
  readonly #hostKeyOf = hostKeyVerifiers();
  readonly #authenticationOf = authenticator();
  readonly #handshakes = new HandshakeSlots();
  readonly #jumpHosts = new Map<string, SharedConnection>();
  /** Names whose look-up blocks their jump host: each gets a separate connection. */
  readonly #freezing = new Set<string>();
  readonly #open = new Set<Connection>();
  readonly #closing = new AbortController();

  constructor(dependencies: ConnectionsDependencies) {
    this.#dependencies = dependencies;
  }

  /** Retries an unreachable server for as long as the settings say. Aborted: rejects with the signal's reason. */
  async connect(destination: Destination, given: AbortSignal): Promise<Connection> {
    const { giveUpAfterMs } = await this.#dependencies.settings();
    const signal = AbortSignal.any([given, this.#closing.signal]);
    const attempt = (waiting: Waiting) => this.#attempt(destination, signal, waiting);
    const connection = await retryUnreachable(attempt, { giveUpAfterMs, log: destination.log, signal });
    this.#open.add(connection);
    const report = () => this.#dependencies.onOpenChange?.(this.#open.size);
    report();
    void connection.ended.then(() => this.#open.delete(connection)).then(report);
    return connection;
  }

  /** Ends all connections, and every attempt to make one. */
  async close(reason: Failure): Promise<void> {
    this.#closing.abort(reason);
    for (const shared of this.#jumpHosts.values()) shared.close();
    const all = [...this.#open];
    for (const connection of all) connection.destroy();
    await Promise.all(all.map(({ ended }) => ended));
  }

  async #attempt(destination: Destination, signal: AbortSignal, waiting: Waiting): Promise<Connection> {
    const { hop, jumps, at = '' } = destination;
    // Outside the `try`: a failure at a jump host names that host itself.
    const through = await waiting(this.#acquireJumpHost(jumps, hop.host, signal));
    try {
      const connection = await this.#handshake(destination, through, signal, waiting);
      if (through) void connection.ended.then(through.release);
      return connection;
    } catch (error) {
      through?.release();
      throw error instanceof Failure ? new Failure(error.kind, at + error.message, { cause: error }) : error;
    }
  }

  /** The last of the jump hosts, connected. */
  async #acquireJumpHost(jumps: readonly Hop[], host: string, signal: AbortSignal): Promise<JumpConnection | null> {
    const jump = jumps.at(-1);
    if (!jump) return null;
    const name = JSON.stringify([...jumps, host]);
    const shared = this.#jumpHost(jump, jumps.slice(0, -1), this.#freezing.has(name) ? name : '');
    const { connection, release } = await shared.acquire(signal);
    const onFrozen = () => {
      this.#freezing.add(name);
      shared.replace(connection);
    };
    return { jump, connection, release, onFrozen };
  }

  async #handshake(
    { hop, jumps, log }: Destination,
    through: JumpConnection | null,
    signal: AbortSignal,
    waiting: Waiting
  ): Promise<Connection> {
    const settings = settingsFor(hop, await this.#dependencies.settings());
    const authentication = await this.#authenticationOf(hop, settings);
    const hostKey = await this.#hostKeyOf(hop, settings, log);
    const { keepaliveMs } = this.#dependencies;
    const ms = settings.connectTimeoutMs;

    const route = jumps.map(hostAndPort).join(' ');
    const end = `${route} ${hostAndPort(hop)}`;
    const slots = through ? [`to ${end}`, `through ${route}`] : [`to ${end}`];
    const addresses = through ? [] : await addressesOf(hop.host, { where: hostAndPort(hop), signal, waiting });
    const connectOnce = async () => {
      try {
        signal.throwIfAborted();
        const transport = through
          ? await forwardedTransport(through, { hop, ms, signal, onFrozen: through.onFrozen })
          : directTransport(hop, addresses);
        return await connect({ hop, transport, settings, hostKey, authentication, keepaliveMs }, log, signal);
      } catch (error) {
        if (error instanceof Failure && wasClosedUnheard(error.cause)) this.#handshakes.refused(`to ${end}`);
        throw error;
      }
    };
    return connectUntilPinnedKey(hostKey, () => this.#handshakes.hold(slots, { signal, waiting }, connectOnce));
  }

  /** @param purpose - each purpose has a separate connection; empty: the common one */
  #jumpHost(hop: Hop, jumps: readonly Hop[], purpose: string): SharedConnection {
    const name = JSON.stringify([...jumps, hop, purpose]);
    const known = this.#jumpHosts.get(name);
    if (known) return known;
    const endpoint = hostAndPort(hop);
    const log = this.#dependencies.log.child({ jumpHost: endpoint });
    const destination = { hop, jumps, log, at: `at the jump host ${endpoint}: ` };
    // Outside the log context of the caller: its lines would carry the server that needed the connection first.
    const shared = new SharedConnection(
      (signal) => outsideLogContext(() => this.connect(destination, signal)),
      this.#dependencies.idleMs
    );
    this.#jumpHosts.set(name, shared);
    return shared;
  }
}

/** The settings of one hop, which may have its own known_hosts files and ssh-agent. */
function settingsFor({ knownHostsFiles, agentSocket }: Hop, settings: SshSettings): SshSettings {
  return {
    ...settings,
    knownHostsFiles: knownHostsFiles ?? settings.knownHostsFiles,
    agentSocket: agentSocket === false ? null : (agentSocket ?? settings.agentSocket),
  };
}

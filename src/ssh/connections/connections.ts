import { Failure } from '../../domain/failures/failure.ts';
import type { Hop, SshSettings } from '../../domain/servers/server.ts';
import { outsideLogContext } from '../../logging/context.ts';
import type { Logger } from '../../logging/logger.ts';
import { addressesOf } from './addresses.ts';
import { wasClosedUnheard } from './connect-failure.ts';
import { connect } from './connect.ts';
import type { Connection } from './connect.ts';
import { forwardedWay } from './forwarded-transport.ts';
import { HandshakeSlots } from './handshake-slots.ts';
import { authenticator } from '../keys/authentication.ts';
import { hostKeyChecks } from '../host-keys/known-hosts-files.ts';
import { retryUnreachable } from './retry.ts';
import type { Waiting } from './retry.ts';
import { settingsFor } from './settings-for.ts';
import { SharedConnection } from './shared-connection.ts';
import { untilPinned } from './until-pinned.ts';
import { directWay, placeOf } from './direct-transport.ts';

export interface ConnectionsDependencies {
  settings: () => Promise<SshSettings>;
  log: Logger;
  keepaliveMs: number;
  /** How long a connection to a jump host stays open when nothing goes over it. */
  idleMs: number;
}

/** Where to connect to, the jump hosts on the way there, and whose story it is. */
interface Destination {
  hop: Hop;
  jumps: readonly Hop[];
  log: Logger;
  /** What its own failures begin with. */
  at?: string;
}

interface Lent {
  jump: Hop;
  connection: Connection;
  giveBack: () => void;
  onFrozen: () => void;
}

/**
 * Makes connections, through jump hosts where need be, and keeps account of them. A jump host has one connection, over
 * which goes everything behind it, and which is closed some time after the last of that.
 */
export class Connections {
  readonly #dependencies: ConnectionsDependencies;
  readonly #hostKeyOf = hostKeyChecks();
  readonly #authenticationOf = authenticator();
  readonly #handshakes = new HandshakeSlots();
  readonly #jumpHosts = new Map<string, SharedConnection>();
  /** Names that keep the jump host before them from answering while it looks them up: each has a connection of its own. */
  readonly #freezing = new Set<string>();
  readonly #open = new Set<Connection>();
  readonly #closing = new AbortController();

  constructor(dependencies: ConnectionsDependencies) {
    this.#dependencies = dependencies;
  }

  /** Tries until it can be reached, or for as long as the settings say. Aborted: rejects with the signal's reason. */
  async connect(destination: Destination, given: AbortSignal): Promise<Connection> {
    const { giveUpAfterMs } = await this.#dependencies.settings();
    const signal = AbortSignal.any([given, this.#closing.signal]);
    const attempt = (waiting: Waiting) => this.#attempt(destination, signal, waiting);
    const connection = await retryUnreachable(attempt, { giveUpAfterMs, log: destination.log, signal });
    this.#open.add(connection);
    void connection.ended.then(() => this.#open.delete(connection));
    return connection;
  }

  /** Ends all of them, and every attempt to make one. */
  async close(reason: Failure): Promise<void> {
    this.#closing.abort(reason);
    for (const shared of this.#jumpHosts.values()) shared.close();
    const all = [...this.#open];
    for (const connection of all) connection.destroy();
    await Promise.all(all.map(({ ended }) => ended));
  }

  async #attempt(destination: Destination, signal: AbortSignal, waiting: Waiting): Promise<Connection> {
    const { hop, jumps, at = '' } = destination;
    // Outside of the `try`: what fails on the way says itself where that was.
    const lent = await waiting(this.#lend(jumps, hop.host, signal));
    try {
      const connection = await this.#handshake(destination, lent, signal, waiting);
      if (lent) void connection.ended.then(lent.giveBack);
      return connection;
    } catch (error) {
      lent?.giveBack();
      throw error instanceof Failure ? new Failure(error.kind, at + error.message, { cause: error }) : error;
    }
  }

  /** The last of the jump hosts, connected. */
  async #lend(jumps: readonly Hop[], host: string, signal: AbortSignal): Promise<Lent | null> {
    const jump = jumps.at(-1);
    if (!jump) return null;
    const name = JSON.stringify([...jumps, host]);
    const shared = this.#jumpHost(jump, jumps.slice(0, -1), this.#freezing.has(name) ? name : '');
    const { connection, giveBack } = await shared.lend(signal);
    const onFrozen = () => {
      this.#freezing.add(name);
      shared.replace(connection);
    };
    return { jump, connection, giveBack, onFrozen };
  }

  async #handshake(
    { hop, jumps, log }: Destination,
    lent: Lent | null,
    signal: AbortSignal,
    waiting: Waiting
  ): Promise<Connection> {
    const settings = settingsFor(hop, await this.#dependencies.settings());
    const authentication = await this.#authenticationOf(hop, settings);
    const hostKey = await this.#hostKeyOf(hop, settings, log);
    const { keepaliveMs } = this.#dependencies;
    const ms = settings.connectTimeoutMs;

    const route = jumps.map(placeOf).join(' ');
    const end = `${route} ${placeOf(hop)}`;
    const borne = lent ? [`to ${end}`, `through ${route}`] : [`to ${end}`];
    const addresses = lent ? [] : await addressesOf(hop.host, { where: placeOf(hop), signal, waiting });
    const once = async () => {
      try {
        signal.throwIfAborted();
        const way = lent
          ? await forwardedWay(lent, { hop, ms, signal, onFrozen: lent.onFrozen })
          : directWay(hop, addresses);
        return await connect({ hop, way, settings, hostKey, authentication, keepaliveMs }, log, signal);
      } catch (error) {
        if (error instanceof Failure && wasClosedUnheard(error.cause)) this.#handshakes.refused(`to ${end}`);
        throw error;
      }
    };
    return untilPinned(hostKey, () => this.#handshakes.hold(borne, { signal, waiting }, once));
  }

  /** @param purpose - each has a connection of its own; empty: that of most servers */
  #jumpHost(hop: Hop, jumps: readonly Hop[], purpose: string): SharedConnection {
    const name = JSON.stringify([...jumps, hop, purpose]);
    const known = this.#jumpHosts.get(name);
    if (known) return known;
    const place = placeOf(hop);
    const log = this.#dependencies.log.child({ jumpHost: place });
    const destination = { hop, jumps, log, at: `at the jump host ${place}: ` };
    // Outside, or its lines would be in the story of the server that needed it first.
    const shared = new SharedConnection(
      (signal) => outsideLogContext(() => this.connect(destination, signal)),
      this.#dependencies.idleMs
    );
    this.#jumpHosts.set(name, shared);
    return shared;
  }
}

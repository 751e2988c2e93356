import type { ClientChannel } from 'ssh2';
import { Failure } from '../../domain/failures/failure.ts';
import { ChannelNotOpened, openShell, type OpenShell } from './channel.ts';
import type { Connection } from './connect.ts';
import { firstOf, pause } from '../../waiting/first-of.ts';
import type { SharedConnection } from './shared-connection.ts';
import { Slots } from '../../waiting/slots.ts';

const CHANNELS_PER_SERVER = 3;
const MAX_ATTEMPTS = 6;

/** Shells on the shared connection of one server, a few at a time. A shell that stays open is used again, until the connection closes. */
export class Shells {
  readonly #shared: SharedConnection;
  readonly #openMs: number;
  readonly #channels = new Slots(CHANNELS_PER_SERVER);
  readonly #idle = new Map<ClientChannel, Connection>();

  constructor(shared: SharedConnection, openMs: number) {
    this.#shared = shared;
    this.#openMs = openMs;
  }

  /**
   * Runs `use` with a shell of its own on the connection, which stays open meanwhile. `use` destroys the channel, unless the
   * shell waits for the next script.
   * @param check throws if this connection must not be used
   * @throws Failure HostUnsuitable if the server refuses; ServerUnresponsive if it does not answer; ConnectionLost; what connecting throws
   */
  async withShell<T>(
    signal: AbortSignal,
    check: (connection: Connection) => void,
    use: (shell: OpenShell) => Promise<T>
  ): Promise<T> {
    let closed = 0;
    for (let attempt = 1; ; attempt++) {
      await this.#channels.take(signal);
      try {
        const { connection, release } = await this.#shared.acquire(signal);
        try {
          check(connection);
          const waiting = this.#takeIdle(connection);
          const channel = waiting ?? (await this.#open(connection, signal));
          if (!(channel instanceof ChannelNotOpened)) {
            if (waiting === undefined) channel.once('close', () => this.#idle.delete(channel));
            try {
              return await use({ channel, connection, isReused: waiting !== undefined });
            } finally {
              this.#keep(channel, connection);
            }
          }
          if (channel.isClosedByServer) closed += 1;
          // A closed connection can cause other errors first.
          if (attempt === MAX_ATTEMPTS) throw notOpened(channel, 2 * closed > MAX_ATTEMPTS);
          // A connection that died while idle has started nothing, so a new one is safe. After a refusal, the server
          // allows fewer sessions than we have: wait until one of ours ends.
          if (channel.refused) this.#channels.shrink();
          if (channel.refused && this.#channels.held === 1) await pause(50 * 2 ** attempt, signal);
        } finally {
          release();
        }
      } finally {
        this.#channels.release();
      }
    }
  }

  #takeIdle(connection: Connection): ClientChannel | undefined {
    for (const [channel, itsConnection] of this.#idle) {
      if (itsConnection !== connection) continue;
      this.#idle.delete(channel);
      return channel;
    }
    return undefined;
  }

  #keep(channel: ClientChannel, connection: Connection): void {
    if (!channel.destroyed && channel.writable) this.#idle.set(channel, connection);
  }

  async #open(connection: Connection, signal: AbortSignal): Promise<ClientChannel | ChannelNotOpened> {
    const opening = openShell(connection);
    const channel = await firstOf([opening], { ms: this.#openMs, signal }).catch((error: unknown) => {
      if (error instanceof ChannelNotOpened) return error;
      throw error;
    });
    if (channel instanceof ChannelNotOpened && !channel.refused) this.#shared.drop(connection);
    if (typeof channel === 'object') return channel;
    opening.then((late) => late.destroy()).catch(() => {});
    if (channel === 'aborted') throw signal.reason;
    this.#shared.drop(connection);
    throw new Failure('ServerUnresponsive', `its SSH server did not open a session within ${this.#openMs / 1000} s`);
  }
}

/** @param isClosed - sshd closes the connection if it cannot set up the session, and gives the reason only in its own log */
function notOpened(cause: ChannelNotOpened, isClosed: boolean): Failure {
  if (isClosed) {
    const why =
      'see its log for the reason (for example, the owner or mode of a chroot directory, or a PAM session that fails)';
    const what = `its SSH server accepts the login and closes the connection before a shell starts, ${MAX_ATTEMPTS} times`;
    return new Failure('HostUnsuitable', `${what}: ${why}`);
  }
  return cause.refused
    ? new Failure('HostUnsuitable', `its SSH server refused to open a session: ${cause.message}`, { cause })
    : new Failure('ConnectionLost', `the connection was lost before the command started: ${cause.message}`, { cause });
}

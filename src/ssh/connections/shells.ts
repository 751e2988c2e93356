import type { ClientChannel } from 'ssh2';
import { Failure } from '../../domain/failures/failure.ts';
import { ChannelNotOpened, openShell } from './channel.ts';
import type { Connection } from './connect.ts';
import { firstOf, pause } from '../../waiting/first-of.ts';
import type { Connected, SharedConnection } from './shared-connection.ts';
import { Slots } from '../../waiting/slots.ts';

const CHANNELS_PER_SERVER = 3;
const MAX_ATTEMPTS = 6;

/** A dead link takes up to 40 s to be noticed, and is another failure, which passes. */
export const DEFAULT_OPEN_MS = 45_000;

interface Opened {
  channel: ClientChannel;
  connection: Connection;
}

/** The shells of one server, a few at a time, all on its shared connection. */
export class Shells {
  readonly #shared: SharedConnection;
  readonly #openMs: number;
  readonly #channels = new Slots(CHANNELS_PER_SERVER);

  /** @param openMs for the server to open a session and to start a shell there */
  constructor(shared: SharedConnection, openMs: number) {
    this.#shared = shared;
    this.#openMs = openMs;
  }

  /**
   * Runs `use` with a shell of its own on the connection, which stays open meanwhile.
   * @param check throws where no shell is wanted on this connection
   * @throws Failure HostUnsuitable where the server refuses; ServerUnresponsive where it is silent; ConnectionLost; what connecting throws
   */
  async withShell<T>(
    signal: AbortSignal,
    check: (connection: Connection) => void,
    use: (channel: ClientChannel, connection: Connection) => Promise<T>
  ): Promise<T> {
    return this.#shared.inUse(async (connected) => {
      let closed = 0;
      for (let attempt = 1; ; attempt++) {
        await this.#channels.take(signal);
        try {
          const opened = await this.#open(connected, signal, check);
          if (!(opened instanceof ChannelNotOpened)) return await use(opened.channel, opened.connection);
          if (opened.isClosedByServer) closed += 1;
          // The end of a connection can show itself by other errors first.
          if (attempt === MAX_ATTEMPTS) throw 2 * closed > MAX_ATTEMPTS ? closedAfterLogin() : notOpened(opened);
          // A connection that died while it was idle has started nothing, so a new one is safe. A refusal says that the
          // server allows fewer sessions than we have: wait until one of ours is over.
          if (opened.refused) this.#channels.shrink();
          if (opened.refused && this.#channels.held === 1) await pause(50 * 2 ** attempt, signal);
        } finally {
          this.#channels.release();
        }
      }
    });
  }

  async #open(
    connected: Connected,
    signal: AbortSignal,
    check: (connection: Connection) => void
  ): Promise<Opened | ChannelNotOpened> {
    const connection = await connected(signal);
    check(connection);
    const opening = openShell(connection);
    let channel: ClientChannel | 'aborted' | 'timeout';
    try {
      channel = await firstOf([opening], { ms: this.#openMs, signal });
      if (typeof channel === 'object') return { channel, connection };
    } catch (error) {
      if (!(error instanceof ChannelNotOpened)) throw error;
      if (!error.refused) this.#shared.drop(connection);
      return error;
    }
    opening.then((late) => late.destroy()).catch(() => {});
    if (channel === 'aborted') throw signal.reason;
    this.#shared.drop(connection);
    throw new Failure('ServerUnresponsive', `its SSH server opens no session within ${this.#openMs / 1000} s`);
  }
}

/** As sshd does where it cannot set up the session: it says why in its own log only. */
function closedAfterLogin(): Failure {
  const why = 'its log says why (a chroot directory with bad ownership or modes, a PAM session that fails)';
  const what = `its SSH server lets us in and closes the connection before a shell begins, ${MAX_ATTEMPTS} times`;
  return new Failure('HostUnsuitable', `${what}: ${why}`);
}

function notOpened(error: ChannelNotOpened): Failure {
  const { refused, message } = error;
  if (refused) return new Failure('HostUnsuitable', `its SSH server opens no session: ${message}`, { cause: error });
  return new Failure('ConnectionLost', `the connection was lost before the command began: ${message}`, {
    cause: error,
  });
}

import type { ClientChannel } from 'ssh2';
import { Failure } from '../domain/failure.ts';
import { ChannelNotOpened, openShell } from './channel.ts';
import type { Connection } from './connect.ts';
import { firstOf, pause } from './first-of.ts';
import { Slots } from './slots.ts';

const channelsPerServer = 3;
const patience = 6;

/** A dead link takes up to 40 s to be noticed, and is another failure, which passes. */
export const defaultOpenMs = 45_000;

export interface ConnectionTimes {
  /** How long it stays open without a job. */
  idleMs: number;
  /** For the server to open a session and to start a shell there. */
  openMs: number;
}

interface Attempt {
  connection: Promise<Connection>;
  abort: AbortController;
  established: Connection | null;
}

/**
 * The one connection to a server that all its jobs share: opened by the first, whose attempt the others join; closed
 * when nobody has used it for a while; opened anew when it is gone.
 */
export class SharedConnection {
  readonly #connect: (signal: AbortSignal) => Promise<Connection>;
  readonly #times: ConnectionTimes;
  readonly #channels = new Slots(channelsPerServer);
  #current: Attempt | null = null;
  #users = 0;
  #retired = false;
  #idleTimer: NodeJS.Timeout | undefined;

  constructor(connect: (signal: AbortSignal) => Promise<Connection>, times: ConnectionTimes) {
    this.#connect = connect;
    this.#times = times;
  }

  /**
   * Runs `use` with a shell of its own on the connection, which stays open meanwhile.
   * @param check throws where no shell is wanted on this connection
   * @throws Failure HostUnsuitable where the server opens none; ConnectionLost; what connecting throws
   */
  async withShell<T>(
    signal: AbortSignal,
    check: (connection: Connection) => void,
    use: (channel: ClientChannel, connection: Connection) => Promise<T>
  ): Promise<T> {
    return this.#inUse(async () => {
      for (let attempt = 1; ; attempt++) {
        await this.#channels.take(signal);
        try {
          const opened = await this.#open(signal, check);
          if (!(opened instanceof ChannelNotOpened)) return await use(opened.channel, opened.connection);
          if (attempt === patience) throw notOpened(opened);
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

  /** The connection itself, for what needs no shell. @throws what connecting throws */
  async connection(signal: AbortSignal): Promise<Connection> {
    return this.#inUse(() => this.#connected(signal));
  }

  /** The connection, which stays open until it is given back, unless it breaks. @throws what connecting throws */
  async lend(signal: AbortSignal): Promise<{ connection: Connection; giveBack: () => void }> {
    this.#enter();
    try {
      return { connection: await this.#connected(signal), giveBack: () => this.#leave() };
    } catch (error) {
      this.#leave();
      throw error;
    }
  }

  /** For a server whose address changed: closes once its last user is done. */
  retire(): void {
    this.#retired = true;
    if (this.#users === 0) this.close();
  }

  /** Ends the connection and every attempt to make one, now. */
  close(): void {
    clearTimeout(this.#idleTimer);
    this.#current?.abort.abort(new Failure('ConnectionLost', 'the connection was closed by this worker'));
    void this.#current?.connection.then((connection) => connection.destroy()).catch(() => {});
    this.#current = null;
  }

  /** Stays open while `work` goes on, and some time after. */
  async #inUse<T>(work: () => Promise<T>): Promise<T> {
    this.#enter();
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  #enter(): void {
    this.#users++;
    clearTimeout(this.#idleTimer);
  }

  #leave(): void {
    this.#users--;
    if (this.#users === 0) this.#becomeIdle();
  }

  async #open(
    signal: AbortSignal,
    check: (connection: Connection) => void
  ): Promise<{ channel: ClientChannel; connection: Connection } | ChannelNotOpened> {
    const connection = await this.#connected(signal);
    check(connection);
    const opening = openShell(connection);
    const { openMs } = this.#times;
    let channel: ClientChannel | 'aborted' | 'timeout';
    try {
      channel = await firstOf([opening], { ms: openMs, signal });
      if (typeof channel === 'object') return { channel, connection };
    } catch (error) {
      if (!(error instanceof ChannelNotOpened)) throw error;
      if (!error.refused) this.#drop(connection);
      return error;
    }
    opening.then((late) => late.destroy()).catch(() => {});
    if (channel === 'aborted') throw signal.reason;
    this.#drop(connection);
    throw new Failure('HostUnsuitable', `its SSH server opens no session within ${openMs / 1000} s`);
  }

  /** For a connection that takes no more channels, though its end may not have been told yet. */
  #drop(connection: Connection): void {
    if (this.#current?.established === connection) this.#current = null;
    connection.destroy();
  }

  async #connected(signal: AbortSignal): Promise<Connection> {
    signal.throwIfAborted();
    this.#current ??= this.#start();
    const connection = await firstOf([this.#current.connection], { ms: Infinity, signal });
    if (typeof connection !== 'object') throw signal.reason;
    return connection;
  }

  #start(): Attempt {
    const abort = new AbortController();
    const attempt: Attempt = { connection: this.#connect(abort.signal), abort, established: null };
    const forget = () => {
      if (this.#current === attempt) this.#current = null;
    };
    attempt.connection
      .then((connection) => {
        attempt.established = connection;
        return connection.ended;
      })
      .then(forget, forget);
    return attempt;
  }

  #becomeIdle(): void {
    if (this.#retired || !this.#current?.established) return this.close();
    this.#idleTimer = setTimeout(() => this.close(), this.#times.idleMs).unref();
  }
}

function notOpened(error: ChannelNotOpened): Failure {
  const { refused, message } = error;
  if (refused) return new Failure('HostUnsuitable', `its SSH server opens no session: ${message}`, { cause: error });
  return new Failure('ConnectionLost', `the connection was lost before the command began: ${message}`, {
    cause: error,
  });
}

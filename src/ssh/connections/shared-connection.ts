import { Failure } from '../../domain/failures/failure.ts';
import type { Connection } from './connect.ts';
import { firstOf } from '../../waiting/first-of.ts';

/** The connection, by the attempt that goes on or by a new one. @throws what connecting throws */
export type Connected = (signal: AbortSignal) => Promise<Connection>;

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
  readonly #connect: Connected;
  readonly #idleMs: number;
  #current: Attempt | null = null;
  /** Still in use by those that had it. */
  readonly #replaced = new Set<Connection>();
  #users = 0;
  #retired = false;
  #idleTimer: NodeJS.Timeout | undefined;

  /** @param idleMs how long it stays open without a user */
  constructor(connect: Connected, idleMs: number) {
    this.#connect = connect;
    this.#idleMs = idleMs;
  }

  /** Stays open, once it is, while `work` goes on, and some time after. It may have to be made more than once. */
  async inUse<T>(work: (connected: Connected) => Promise<T>): Promise<T> {
    this.#enter();
    try {
      return await work((signal) => this.#connected(signal));
    } finally {
      this.#leave();
    }
  }

  /** @throws what connecting throws */
  async connection(signal: AbortSignal): Promise<Connection> {
    return this.inUse((connected) => connected(signal));
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

  /** For a connection that takes no more channels, though its end may not have been told yet. */
  drop(connection: Connection): void {
    if (this.#current?.established === connection) this.#current = null;
    connection.destroy();
  }

  /** For a connection that does not answer for a while: whoever comes next gets another one. */
  replace(connection: Connection): void {
    if (this.#current?.established !== connection) return;
    this.#current = null;
    this.#replaced.add(connection);
    void connection.ended.then(() => this.#replaced.delete(connection));
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
    for (const connection of this.#replaced) connection.destroy();
    this.#current = null;
  }

  #enter(): void {
    this.#users++;
    clearTimeout(this.#idleTimer);
  }

  #leave(): void {
    this.#users--;
    if (this.#users === 0) this.#becomeIdle();
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
    this.#idleTimer = setTimeout(() => this.close(), this.#idleMs).unref();
  }
}

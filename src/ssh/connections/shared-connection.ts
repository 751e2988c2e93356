import { Failure } from '../../domain/failures/failure.ts';
import type { Connection } from './connect.ts';
import { firstOf } from '../../waiting/first-of.ts';

interface Attempt {
  connection: Promise<Connection>;
  abort: AbortController;
  established: Connection | null;
}

/**
 * The one connection to a server that all its jobs share: the first user opens it, the others join that attempt. It is
 * closed after an idle time, and opened again on demand.
 */
export class SharedConnection {
  readonly #connect: (signal: AbortSignal) => Promise<Connection>;
  /** How long an unused connection stays open. */
  readonly #idleMs: number;
  #current: Attempt | null = null;
  /** Earlier connections that are still in use. */
  readonly #replaced = new Set<Connection>();
  #users = 0;
  #idleTimer: NodeJS.Timeout | undefined;

  constructor(connect: (signal: AbortSignal) => Promise<Connection>, idleMs: number) {
    this.#connect = connect;
    this.#idleMs = idleMs;
  }

  /** The connection, which stays open until it is released, unless it breaks. @throws what connecting throws */
  async acquire(signal: AbortSignal): Promise<{ connection: Connection; release: () => void }> {
    this.#users++;
    clearTimeout(this.#idleTimer);
    try {
      return { connection: await this.#connected(signal), release: () => this.#release() };
    } catch (error) {
      this.#release();
      throw error;
    }
  }

  /** For a connection that opens no more channels, although its end may not have been reported yet. */
  drop(connection: Connection): void {
    if (this.#current?.established === connection) this.#current = null;
    connection.destroy();
  }

  /** For a connection that does not answer: later users get another one. */
  replace(connection: Connection): void {
    if (this.#current?.established !== connection) return;
    this.#current = null;
    this.#replaced.add(connection);
    void connection.ended.then(() => this.#replaced.delete(connection));
  }

  /** Ends the connection and every attempt to make one, now. */
  close(): void {
    clearTimeout(this.#idleTimer);
    this.#current?.abort.abort(new Failure('ConnectionLost', 'the connection was closed by this worker'));
    void this.#current?.connection.then((connection) => connection.destroy()).catch(() => {});
    for (const connection of this.#replaced) connection.destroy();
    this.#current = null;
  }

  #release(): void {
    this.#users--;
    if (this.#users > 0) return;
    if (!this.#current?.established) return this.close();
    this.#idleTimer = setTimeout(() => this.close(), this.#idleMs).unref();
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
}

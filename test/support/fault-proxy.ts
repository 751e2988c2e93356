import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { listen } from './ports.ts';

/** A TCP proxy to a server that fails as networks do. Bytes always arrive in order. */
export interface FaultProxy {
  address: string;
  port: number;
  /** Ends all faults, and delivers the held bytes. */
  pass(): void;
  /** Delays all data by this time. */
  delay(ms: number): void;
  /** Delivers nothing in either direction, without an error at either end. */
  blackHole(): void;
  /**
   * The first connection whose client has sent this many bytes becomes a black hole; the others stay open. Resolves
   * then.
   */
  holdAfter(bytes: number): Promise<void>;
  /** Sends an RST to both ends of every connection. */
  reset(): void;
  /** Answers new connections with an RST. */
  refuse(): void;
  /** Bytes that the client of the newest connection has sent. */
  sent(): number;
  /** The number of open connections. */
  connections(): number;
  close(): Promise<void>;
}

interface Conditions {
  blackHole: boolean;
  refuses: boolean;
  delayMs: number;
  holdAfter: number;
  onHold: () => void;
}

const noFault: Conditions = { blackHole: false, refuses: false, delayMs: 0, holdAfter: Infinity, onHold: () => {} };

/** @param address to listen on, at a free port */
export async function startFaultProxy(address: string, target: { host: string; port: number }): Promise<FaultProxy> {
  const links = new Set<Link>();
  const conditions = { ...noFault };
  let youngest: Link | null = null;
  const server = createServer({ allowHalfOpen: true }, (near) => {
    near.on('error', () => {});
    if (conditions.refuses) return void near.resetAndDestroy();
    const link = new Link(near, connect({ ...target, allowHalfOpen: true }), conditions);
    links.add(link);
    youngest = link;
    void link.closed.then(() => links.delete(link));
  });
  const port = await listen(server, address);
  const reset = (): void => {
    for (const link of links) link.reset();
  };
  return {
    address,
    port,
    pass() {
      Object.assign(conditions, noFault);
      for (const link of links) link.release();
    },
    delay: (ms) => void (conditions.delayMs = ms),
    blackHole: () => void (conditions.blackHole = true),
    holdAfter: (bytes) => new Promise((onHold) => Object.assign(conditions, { holdAfter: bytes, onHold })),
    reset,
    refuse: () => void (conditions.refuses = true),
    sent: () => youngest?.sent ?? 0,
    connections: () => links.size,
    async close() {
      reset();
      server.close();
      await once(server, 'close');
    },
  };
}

/** One connection. */
class Link {
  sent = 0;
  readonly closed: Promise<unknown>;
  readonly #near: Socket;
  readonly #far: Socket;
  readonly #streams: Stream[];
  readonly #conditions: Conditions;
  #held = false;

  constructor(near: Socket, far: Socket, conditions: Conditions) {
    [this.#near, this.#far, this.#conditions] = [near, far, conditions];
    const isStopped = (): boolean => this.#held || conditions.blackHole;
    const there = new Stream(far, conditions, isStopped);
    const back = new Stream(near, conditions, isStopped);
    this.#streams = [there, back];
    near.on('data', (data: Buffer) => this.#take(data, there));
    far.on('data', (data: Buffer) => back.push(data));
    for (const [socket, stream] of [[near, there] as const, [far, back] as const]) {
      socket.setNoDelay(true);
      socket.on('error', () => {});
      socket.once('end', () => stream.push(null)).once('close', () => stream.push(null));
    }
    this.closed = Promise.all([near, far].map((socket) => new Promise((resolve) => socket.once('close', resolve))));
  }

  release(): void {
    this.#held = false;
    for (const stream of this.#streams) stream.deliver();
  }

  reset(): void {
    this.#near.resetAndDestroy();
    this.#far.resetAndDestroy();
  }

  /** Splits the data at the limit of `holdAfter`: the second part is held. */
  #take(data: Buffer, there: Stream): void {
    const room = this.#conditions.holdAfter - this.sent;
    this.sent += data.length;
    if (this.#held || room > data.length) return there.push(data);
    const before = Math.max(0, room);
    if (before > 0) there.push(data.subarray(0, before));
    this.#held = true;
    there.push(data.subarray(before));
    this.#conditions.holdAfter = Infinity;
    this.#conditions.onHold();
  }
}

/** One direction of a connection. */
class Stream {
  readonly #to: Socket;
  readonly #conditions: Conditions;
  readonly #isStopped: () => boolean;
  /** Null: the end of the stream. */
  readonly #queue: { at: number; data: Buffer | null }[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(to: Socket, conditions: Conditions, isStopped: () => boolean) {
    [this.#to, this.#conditions, this.#isStopped] = [to, conditions, isStopped];
  }

  push(data: Buffer | null): void {
    this.#queue.push({ at: performance.now() + this.#conditions.delayMs, data });
    this.deliver();
  }

  deliver(): void {
    clearTimeout(this.#timer);
    for (let next = this.#queue[0]; next && !this.#isStopped(); next = this.#queue[0]) {
      const wait = next.at - performance.now();
      if (wait > 0) {
        this.#timer = setTimeout(() => this.deliver(), wait);
        return;
      }
      this.#queue.shift();
      if (this.#to.destroyed) continue;
      if (next.data === null) this.#to.end();
      else this.#to.write(next.data);
    }
  }
}

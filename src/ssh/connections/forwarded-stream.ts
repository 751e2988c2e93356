import { Duplex } from 'node:stream';
import type { ClientChannel } from 'ssh2';

/**
 * A forwarded channel that closes at once when destroyed, or when its other end has closed. A channel of ssh2 waits for
 * the jump host's confirmation, forever on a dead link, never calls back for a later write, and stays half open.
 */
export class ForwardedStream extends Duplex {
  readonly #channel: ClientChannel;

  constructor(channel: ClientChannel) {
    super();
    this.#channel = channel;
    let isOver = false;
    const finish = () => {
      if (!isOver) this.push(null);
      isOver = true;
    };
    channel.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) channel.pause();
    });
    channel.on('end', finish).on('close', finish);
    channel.on('error', () => this.destroy());
    channel.stderr.resume(); // a forward has none, but unread data there keeps a channel from closing
    this.once('end', () => this.destroy());
  }

  override _read(): void {
    this.#channel.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#channel.write(chunk, done);
  }

  override _final(done: () => void): void {
    this.#channel.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#channel.destroy();
    done(error);
  }
}

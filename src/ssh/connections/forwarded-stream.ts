import { Duplex } from 'node:stream';
import type { ClientChannel } from 'ssh2';

/**
 * A forwarded connection as a stream that ends when it is told to, and when its other end is gone. A destroyed channel
 * of ssh2 waits for the jump host to agree, for ever on a dead link; a write to a closed one never calls back; and one
 * whose other end is gone stays half open.
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
    channel.stderr.resume(); // a forward has none, but what comes there unread keeps a channel from closing
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

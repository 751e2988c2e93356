const noiseLimit = 4096;
const statusLimit = 16;

export interface FrameHandlers {
  onContent(content: Buffer): void;
  onBegin?(): void;
  onEnd?(): void;
}

/**
 * Reads a stream that {@link commandScript} frames, in pieces of any size: what is before the begin line is noise, what is
 * between the lines is content, what comes after the end line is nobody's.
 */
export class FrameReader {
  readonly #begin: Buffer;
  readonly #end: Buffer;
  readonly #handlers: FrameHandlers;
  #state: 'before' | 'beginning' | 'inside' | 'ending' | 'after' = 'before';
  #carry: Buffer = Buffer.alloc(0);
  #noise = '';
  #group: number | null = null;
  #status: number | null = null;

  constructor(nonce: string, handlers: FrameHandlers) {
    this.#begin = Buffer.from(`@@${nonce} begin `);
    this.#end = Buffer.from(`\n@@${nonce} end `);
    this.#handlers = handlers;
  }

  /** What the server said before the begin line, its first 4 KB. Untrusted. */
  get noise(): string {
    return this.#noise + (this.#state === 'before' ? this.#carry.toString('utf8') : '');
  }

  /** The process group of the command, once it has begun. */
  get group(): number | null {
    return this.#group;
  }

  /** The exit status of the command, once it has ended. */
  get status(): number | null {
    return this.#status;
  }

  push(chunk: Buffer): void {
    let data = this.#carry.length > 0 ? Buffer.concat([this.#carry, chunk]) : chunk;
    this.#carry = Buffer.alloc(0);
    if (this.#state === 'before') {
      const found = this.#until(this.#begin, data, (noise) => this.#addNoise(noise));
      if (found === null) return;
      this.#state = 'beginning';
      data = found;
    }
    if (this.#state === 'beginning') {
      const line = this.#line(data);
      if (line === null) return;
      if (line.number === null) {
        // Our own script, repeated by what should have run it.
        this.#state = 'before';
        return this.push(line.rest);
      }
      this.#group = line.number;
      this.#state = 'inside';
      this.#handlers.onBegin?.();
      data = line.rest;
    }
    if (this.#state === 'inside') {
      const found = this.#until(this.#end, data, (content) => this.#handlers.onContent(content));
      if (found === null) return;
      this.#state = 'ending';
      data = found;
    }
    if (this.#state === 'ending') {
      const line = this.#line(data);
      if (line === null) return;
      this.#status = line.number;
      this.#state = 'after';
      this.#handlers.onEnd?.();
    }
  }

  /** The stream is over: what looked like the start of a line of ours was none. */
  finish(): void {
    if (this.#state === 'before') this.#addNoise(this.#carry);
    if (this.#state === 'inside') this.#handlers.onContent(this.#carry);
    this.#carry = Buffer.alloc(0);
  }

  /** Hands on what comes before the marker and returns what comes after it, or null while it may still come. */
  #until(marker: Buffer, data: Buffer, handOn: (before: Buffer) => void): Buffer | null {
    const at = data.indexOf(marker);
    if (at >= 0) {
      if (at > 0) handOn(data.subarray(0, at));
      return data.subarray(at + marker.length);
    }
    const keep = Math.min(data.length, marker.length - 1);
    if (data.length > keep) handOn(data.subarray(0, data.length - keep));
    this.#carry = Buffer.from(data.subarray(data.length - keep));
    return null;
  }

  #line(data: Buffer): { number: number | null; rest: Buffer } | null {
    const newline = data.indexOf('\n');
    if (newline < 0 && data.length < statusLimit) {
      this.#carry = Buffer.from(data);
      return null;
    }
    const text = data.toString('latin1', 0, Math.min(newline < 0 ? data.length : newline, statusLimit));
    return { number: /^\d{1,10}$/.test(text) ? Number(text) : null, rest: data.subarray(newline + 1) };
  }

  #addNoise(noise: Buffer): void {
    const room = noiseLimit - this.#noise.length;
    if (room > 0) this.#noise += noise.toString('utf8', 0, Math.min(noise.length, room));
  }
}

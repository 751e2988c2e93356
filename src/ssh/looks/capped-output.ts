/**
 * Keeps the head and the tail of a stream of any length in a buffer of at most `limit` bytes: the first half as it came,
 * the second half as a ring.
 */
export class CappedOutput {
  readonly #limit: number;
  readonly #half: number;
  #kept = Buffer.alloc(0);
  #bytes = 0;

  constructor(limit: number) {
    this.#limit = limit;
    this.#half = limit >> 1;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get truncated(): boolean {
    return this.#bytes > this.#limit;
  }

  push(chunk: Buffer): void {
    this.#grow(this.#bytes + chunk.length);
    for (let at = 0; at < chunk.length;) {
      const offset = this.#offset(this.#bytes);
      const end = this.#bytes < this.#half ? this.#half : this.#limit;
      const copied = chunk.copy(this.#kept, offset, at, Math.min(chunk.length, at + end - offset));
      at += copied;
      this.#bytes += copied;
    }
  }

  /** UTF-8, with a line in place of what was cut out. */
  text(): string {
    if (!this.truncated) return this.#kept.toString('utf8', 0, this.#bytes);
    const oldest = this.#offset(this.#bytes);
    const head = this.#kept.toString('utf8', 0, this.#half);
    const tail = Buffer.concat([this.#kept.subarray(oldest), this.#kept.subarray(this.#half, oldest)]);
    return `${head}\n[... ${this.#bytes - this.#limit} bytes cut out ...]\n${tail.toString('utf8')}`;
  }

  #offset(position: number): number {
    return position < this.#half ? position : this.#half + ((position - this.#half) % (this.#limit - this.#half));
  }

  #grow(wanted: number): void {
    const size = this.#kept.length;
    if (wanted <= size || size === this.#limit) return;
    const grown = Buffer.alloc(Math.min(this.#limit, Math.max(wanted, 2 * size)));
    this.#kept.copy(grown);
    this.#kept = grown;
  }
}

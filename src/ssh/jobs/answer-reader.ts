const noiseLimit = 4096;
const lineLimit = 4096;
/** What login files may print before the answer. */
const loginLimit = 1024 * 1024;

/** The answer of a verb: the values of its line, and what came after it. All of it is untrusted. */
export interface Answer {
  values: ReadonlyMap<string, string>;
  out: Buffer;
  err: Buffer;
}

/**
 * Reads `@@<nonce> key=value ...`, and then exactly `outlen` and `errlen` bytes, from a stream in pieces of any size.
 * What comes before the line is noise of the login files, what comes after the bytes is nobody's.
 */
export class AnswerReader {
  readonly #marker: Buffer;
  readonly #bodyLimit: number;
  #state: 'noise' | 'line' | 'body' | 'complete' = 'noise';
  #carry: Buffer = Buffer.alloc(0);
  #noise = '';
  #values = new Map<string, string>();
  #lengths: [number, number] = [0, 0];
  #body: Buffer[] = [];
  #missing = 0;
  #bytes = 0;

  /** @param bodyLimit the most bytes that were asked for; an answer that promises more is none */
  constructor(nonce: string, bodyLimit: number) {
    this.#marker = Buffer.from(`\n@@${nonce} `);
    this.#bodyLimit = bodyLimit;
  }

  /** What came before the line, its first 4 KB. Untrusted. */
  get noise(): string {
    return this.#noise + (this.#state === 'noise' ? this.#carry.toString('utf8') : '');
  }

  /** More has come, or is to come, than any answer has: whatever follows would be read for as long as it comes. */
  get endless(): boolean {
    if (this.#state === 'complete') return false;
    return this.#missing === Infinity || this.#bytes > loginLimit + lineLimit + this.#bodyLimit;
  }

  /** The line has come. */
  get begun(): boolean {
    return this.#state === 'body' || this.#state === 'complete';
  }

  /** The answer, once all of it has come. */
  get answer(): Answer | null {
    if (this.#state !== 'complete') return null;
    const body = Buffer.concat(this.#body);
    const [out, err] = this.#lengths;
    return { values: this.#values, out: body.subarray(0, out), err: body.subarray(out, out + err) };
  }

  push(chunk: Buffer): void {
    this.#bytes += chunk.length;
    let data = this.#carry.length > 0 ? Buffer.concat([this.#carry, chunk]) : chunk;
    this.#carry = Buffer.alloc(0);
    if (this.#state === 'noise') {
      const at = data.indexOf(this.#marker);
      const keep = Math.min(data.length, this.#marker.length - 1);
      this.#addNoise(data.subarray(0, at < 0 ? data.length - keep : at));
      if (at < 0) {
        this.#carry = Buffer.from(data.subarray(data.length - keep));
        return;
      }
      this.#state = 'line';
      data = data.subarray(at + this.#marker.length);
    }
    if (this.#state === 'line') {
      const end = data.indexOf('\n');
      if (end < 0) {
        this.#carry = Buffer.from(data.subarray(0, lineLimit));
        return;
      }
      this.#begin(data.toString('latin1', 0, Math.min(end, lineLimit)));
      data = data.subarray(end + 1);
    }
    if (this.#state === 'body') this.#take(data);
  }

  #begin(line: string): void {
    for (const word of line.split(' ')) {
      const at = word.indexOf('=');
      if (at > 0) this.#values.set(word.slice(0, at), word.slice(at + 1));
    }
    this.#lengths = [this.#length('outlen'), this.#length('errlen')];
    this.#missing = this.#lengths[0] + this.#lengths[1];
    this.#state = 'body';
    if (this.#missing > this.#bodyLimit) this.#missing = Infinity;
  }

  #take(data: Buffer): void {
    const taken = data.subarray(0, Math.min(data.length, this.#missing));
    if (this.#missing !== Infinity) {
      this.#body.push(Buffer.from(taken));
      this.#missing -= taken.length;
    }
    if (this.#missing === 0) this.#state = 'complete';
  }

  #length(name: string): number {
    const text = this.#values.get(name) ?? '0';
    return /^\d{1,10}$/.test(text) ? Number(text) : Infinity;
  }

  #addNoise(noise: Buffer): void {
    const room = noiseLimit - this.#noise.length;
    if (room > 0) this.#noise += noise.toString('utf8', 0, Math.min(noise.length, room));
  }
}

const NOISE_LIMIT = 4096;
const LINE_LIMIT = 4096;
/** What login files may print before the answer. */
const LOGIN_LIMIT = 1024 * 1024;

/** The answer of a verb: the values of its line, and what came after it. All of it is untrusted. */
export interface Answer {
  values: ReadonlyMap<string, string>;
  out: Buffer;
  err: Buffer;
}

/**
 * Reads `@@<nonce> key=value ...`, and then exactly `outlen` and `errlen` bytes, from a stream in pieces of any size.
 * What comes before the line is noise of the login files, and what comes after the bytes is ignored. Where a line says
 * `began=1`, what a command writes follows up to the next line, which is the answer.
 */
export class AnswerReader {
  readonly #marker: Buffer;
  readonly #bodyLimit: number;
  #state: 'noise' | 'output' | 'line' | 'body' | 'complete' = 'noise';
  #began = false;
  #carry: Buffer = Buffer.alloc(0);
  #noise = '';
  #output: Buffer[] = [];
  #outputBytes = 0;
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

  /** What came before the first line, its first 4 KB. Untrusted. */
  get noise(): string {
    return this.#noise + (this.#state === 'noise' ? this.#carry.toString('utf8') : '');
  }

  /** The command runs, or has run. */
  get began(): boolean {
    return this.#began;
  }

  /** What the command has written so far. */
  get output(): Buffer {
    return Buffer.concat(this.#output);
  }

  /** More has come, or is to come, than any answer has: whatever follows would be read for as long as it comes. */
  get endless(): boolean {
    if (this.#state === 'complete') return false;
    if (this.#missing === Infinity || this.#outputBytes > this.#bodyLimit) return true;
    return this.#bytes > LOGIN_LIMIT + LINE_LIMIT + this.#bodyLimit;
  }

  /** A line of ours has come. */
  get begun(): boolean {
    return this.#began || this.#state === 'body' || this.#state === 'complete';
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
    let data: Buffer | null = this.#carry.length > 0 ? Buffer.concat([this.#carry, chunk]) : chunk;
    this.#carry = Buffer.alloc(0);
    while (data !== null && this.#state !== 'complete') {
      if (this.#state === 'line') data = this.#readLine(data);
      else if (this.#state === 'body') data = this.#take(data);
      else data = this.#findLine(data);
    }
  }

  #findLine(data: Buffer): Buffer | null {
    const at = data.indexOf(this.#marker);
    const end = at < 0 ? Math.max(0, data.length - this.#marker.length + 1) : at;
    const before = data.subarray(0, end);
    if (this.#state === 'noise') this.#addNoise(before);
    else this.#addOutput(before);
    if (at < 0) {
      this.#carry = Buffer.from(data.subarray(end));
      return null;
    }
    this.#state = 'line';
    return data.subarray(at + this.#marker.length);
  }

  #readLine(data: Buffer): Buffer | null {
    const end = data.indexOf('\n');
    if (end < 0) {
      this.#carry = Buffer.from(data.subarray(0, LINE_LIMIT));
      return null;
    }
    this.#begin(data.toString('latin1', 0, Math.min(end, LINE_LIMIT)));
    return data.subarray(end + 1);
  }

  #begin(line: string): void {
    for (const word of line.split(' ')) {
      const at = word.indexOf('=');
      if (at > 0) this.#values.set(word.slice(0, at), word.slice(at + 1));
    }
    if (!this.#began && this.#values.get('began') === '1') {
      this.#began = true;
      this.#state = 'output';
      return;
    }
    this.#lengths = [this.#length('outlen'), this.#length('errlen')];
    this.#missing = this.#lengths[0] + this.#lengths[1];
    this.#state = 'body';
    if (this.#missing > this.#bodyLimit) this.#missing = Infinity;
  }

  #take(data: Buffer): null {
    const taken = data.subarray(0, Math.min(data.length, this.#missing));
    if (this.#missing !== Infinity) {
      this.#body.push(Buffer.from(taken));
      this.#missing -= taken.length;
    }
    if (this.#missing === 0) this.#state = 'complete';
    return null;
  }

  #length(name: string): number {
    const text = this.#values.get(name) ?? '0';
    return /^\d{1,10}$/.test(text) ? Number(text) : Infinity;
  }

  #addNoise(noise: Buffer): void {
    const room = NOISE_LIMIT - this.#noise.length;
    if (room > 0) this.#noise += noise.toString('utf8', 0, Math.min(noise.length, room));
  }

  #addOutput(output: Buffer): void {
    this.#outputBytes += output.length;
    if (this.#outputBytes <= this.#bodyLimit) this.#output.push(Buffer.from(output));
  }
}

/** How much of the text before an answer is kept for messages. */
const MAX_NOISE_BYTES = 4096;
const MAX_LINE_BYTES = 4096;
/** Maximum size of the output of login files before the answer. */
const MAX_LOGIN_BYTES = 1024 * 1024;

/** The answer of a script: the `key=value` pairs of its line, and the bytes after it. All of it is untrusted. */
export interface Answer {
  values: ReadonlyMap<string, string>;
  out: Buffer;
  err: Buffer;
}

/** A line of our script: its start, the start of the bytes after it, and its values. */
interface Line {
  start: number;
  end: number;
  values: Map<string, string>;
}

/**
 * Reads `@@<nonce> key=value ...`, then exactly `outlen` and `errlen` bytes, from a stream in chunks of any size. Text
 * before that line is noise of login files, and bytes after the answer are ignored. After a line with `began=1` comes the
 * output of a command, up to the next line, which is the answer.
 */
export class AnswerReader {
  readonly #marker: Buffer;
  readonly #maxBytes: number;
  #buffer: Buffer = Buffer.alloc(1024);
  #size = 0;
  /** No unread line starts before this. */
  #searched = 0;
  #began: Line | null = null;
  #last: Line | null = null;

  /** @param maxBytes - limits the output of the command, and also the bytes after the line of the answer */
  constructor(nonce: string, maxBytes: number) {
    this.#marker = Buffer.from(`\n@@${nonce} `);
    this.#maxBytes = maxBytes;
  }

  push(chunk: Buffer): void {
    if (this.answer !== null) return;
    const size = this.#size + chunk.length;
    if (size <= this.#buffer.length) chunk.copy(this.#buffer, this.#size);
    else this.#buffer = Buffer.concat([this.#buffer.subarray(0, this.#size), chunk], 2 * size);
    this.#size = size;
    while (this.#last === null) {
      const line = this.#nextLine();
      if (line === null) return;
      if (this.#began === null && line.values.get('began') === '1') this.#began = line;
      else this.#last = line;
    }
  }

  /** The first 4 KB before the first line. Untrusted. */
  get noise(): string {
    const end = (this.#began ?? this.#last)?.start ?? this.#size;
    return this.#buffer.toString('utf8', 0, Math.min(end, MAX_NOISE_BYTES));
  }

  /** Whether the command has started. */
  get hasBegun(): boolean {
    return this.#began !== null;
  }

  /** Whether the script has started: one of its lines has arrived. */
  get isStarted(): boolean {
    return this.#began !== null || this.#last !== null;
  }

  /** Whether the answer is longer than the limits allow, or announces that it will be. */
  get isTooLong(): boolean {
    if (this.output.length > this.#maxBytes) return true;
    if (this.#last !== null) return this.#lengthOf('outlen') + this.#lengthOf('errlen') > this.#maxBytes;
    const unread = this.#size - (this.#began?.end ?? 0) - this.output.length;
    return unread > (this.#began ? 0 : MAX_LOGIN_BYTES) + MAX_LINE_BYTES;
  }

  /** The answer, once it is complete. */
  get answer(): Answer | null {
    if (this.#last === null || this.isTooLong) return null;
    const { end, values } = this.#last;
    const outEnd = end + this.#lengthOf('outlen');
    const errEnd = outEnd + this.#lengthOf('errlen');
    if (errEnd > this.#size) return null;
    const out = this.#began === null ? this.#buffer.subarray(end, outEnd) : this.output;
    return { values, out, err: this.#buffer.subarray(outEnd, errEnd) };
  }

  /** The output of the command so far. */
  get output(): Buffer {
    if (this.#began === null) return Buffer.alloc(0);
    return this.#buffer.subarray(this.#began.end, this.#last?.start ?? this.#searched);
  }

  #nextLine(): Line | null {
    const data = this.#buffer.subarray(0, this.#size);
    const start = data.indexOf(this.#marker, this.#searched);
    this.#searched = start < 0 ? Math.max(this.#searched, this.#size - this.#marker.length + 1) : start;
    const end = start < 0 ? -1 : data.indexOf('\n', start + this.#marker.length);
    if (end < 0) return null;
    this.#searched = end + 1;
    const values = new Map<string, string>();
    for (const word of data.toString('latin1', start + this.#marker.length, end).split(' ')) {
      const at = word.indexOf('=');
      if (at > 0) values.set(word.slice(0, at), word.slice(at + 1));
    }
    return { start, end: end + 1, values };
  }

  #lengthOf(name: string): number {
    const text = this.#last?.values.get(name) ?? '0';
    return /^\d{1,10}$/.test(text) ? Number(text) : Infinity;
  }
}

import { printable } from '../../domain/values/untrusted.ts';

/** Enough for a greeting and the identification. */
const MAX_BYTES = 16 * 1024;
const MAX_QUOTED_LENGTH = 120;

/** The first bytes of a server, unencrypted. ssh2 discards them when the connection fails. */
export class FirstBytes {
  #bytes: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): void {
    const room = MAX_BYTES - this.#bytes.length;
    if (room > 0) this.#bytes = Buffer.concat([this.#bytes, chunk.subarray(0, room)]);
  }

  /** Whether it has identified itself as an SSH server of protocol 2 (RFC 4253, 4.2). */
  get isSsh(): boolean {
    return /^SSH-(?:2\.0|1\.99)-[^\n]*\n/m.test(this.#bytes.toString('latin1'));
  }

  /** For messages: what it sent instead of SSH; empty: nothing. */
  get said(): string {
    if (this.#bytes.length === 0 || this.isSsh) return '';
    const [first, second] = this.#bytes;
    const text = this.#bytes.toString('utf8');
    if ((first === 0x15 || first === 0x16) && second === 3) return 'it speaks TLS, not SSH: check the port';
    if (first === 0xff && second! >= 0xfa) return 'it speaks telnet, not SSH: check the port';
    if (/^SSH-/m.test(text)) return `it says ${quoted(text)}, and only version 2 of SSH is supported`;
    if (/^HTTP\//.test(text)) return `it says ${quoted(text)}, which is HTTP, not SSH: check the port`;
    if (/^(?:220[ -]|\+OK|\* OK)/.test(text)) return `it says ${quoted(text)}, which is not SSH: check the port`;
    return `it says ${quoted(text)}`;
  }
}

function quoted(text: string): string {
  return `"${printable(text, MAX_QUOTED_LENGTH)}"`;
}

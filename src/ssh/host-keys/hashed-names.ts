import { createHmac } from 'node:crypto';
import type { KnownHost } from './known-host.ts';
import { sha1Start, sha1Step } from './sha1.ts';

const saltBytes = 20;
const words = 5;
/** What fits into one block with its end mark and length. */
const shortName = 55;

/**
 * Lines of known_hosts whose name is hashed: `|1|salt|HMAC-SHA1(salt, name)`, both in base64 (`HashKnownHosts` of
 * ssh_config(5)). Each has a salt of its own, so a name has to be tried on each; but once only, and a line that has been
 * recognised is not tried again. Half of the work of HMAC depends on the salt alone, and is done once (RFC 2104, 4).
 */
export class HashedNames {
  readonly #found = new Map<string, readonly KnownHost[]>();
  readonly #lines: KnownHost[] = [];
  /** Of each line the states of SHA-1 after its inner and after its outer key, and the hash that it has. */
  readonly #inner: Int32Array;
  readonly #outer: Int32Array;
  readonly #hash: Int32Array;

  constructor(lines: readonly KnownHost[]) {
    const size = lines.length * words;
    this.#inner = new Int32Array(size);
    this.#outer = new Int32Array(size);
    this.#hash = new Int32Array(size);
    for (const line of lines) {
      const parts = partsOf(line.hosts);
      if (parts === null) continue;
      const at = this.#lines.push(line) * words - words;
      this.#inner.set(keyState(parts.salt, 0x36363636), at);
      this.#outer.set(keyState(parts.salt, 0x5c5c5c5c), at);
      this.#hash.set(wordsOf(parts.hash), at);
    }
  }

  /** @param name in small letters, as names are hashed */
  find(name: string): readonly KnownHost[] {
    const known = this.#found.get(name);
    if (known) return known;
    const bytes = Buffer.from(name);
    const found = bytes.length <= shortName ? this.#search(bytes) : this.#searchLong(bytes);
    this.#found.set(name, found);
    return found;
  }

  #search(name: Buffer): KnownHost[] {
    const message = new Int32Array(16);
    message.set(wordsOf(Buffer.concat([name, Buffer.from([0x80]), Buffer.alloc(shortName - name.length)])));
    message[15] = (64 + name.length) * 8;
    const digest = new Int32Array(16); // the five words, and what makes them the second block of the outer hash
    digest[words] = 1 << 31;
    digest[15] = (64 + saltBytes) * 8;
    const found: KnownHost[] = [];
    for (let index = this.#lines.length - 1; index >= 0; index--) {
      const at = index * words;
      sha1Step(this.#inner, at, message, digest);
      sha1Step(this.#outer, at, digest, digest);
      if (digest[0] !== this.#hash[at]) continue;
      if (digest.subarray(1, words).every((word, i) => word === this.#hash[at + 1 + i])) found.push(this.#take(index));
    }
    return found;
  }

  #searchLong(name: Buffer): KnownHost[] {
    return this.#lines.filter(({ hosts }) => {
      const { salt, hash } = partsOf(hosts)!;
      return createHmac('sha1', salt).update(name).digest().equals(hash);
    });
  }

  /** Another line takes its place. */
  #take(index: number): KnownHost {
    const line = this.#lines[index]!;
    const last = this.#lines.pop()!;
    if (last === line) return line;
    this.#lines[index] = last;
    const from = this.#lines.length * words;
    for (const states of [this.#inner, this.#outer, this.#hash]) states.copyWithin(index * words, from, from + words);
    return line;
  }
}

function partsOf(hosts: string): { salt: Buffer; hash: Buffer } | null {
  const [, base64Salt = '', base64Hash = ''] = /^\|1\|([^|]*)\|([^|]*)$/.exec(hosts) ?? [];
  const salt = Buffer.from(base64Salt, 'base64');
  const hash = Buffer.from(base64Hash, 'base64');
  const isWhole = salt.length === saltBytes && hash.length === words * 4;
  return isWhole && salt.toString('base64') === base64Salt && hash.toString('base64') === base64Hash
    ? { salt, hash }
    : null;
}

/** SHA-1 after the first block of HMAC: the key, filled up with zeros, each byte of it mixed with a constant. */
function keyState(salt: Buffer, constant: number): Int32Array {
  const block = new Int32Array(16).fill(constant);
  for (const [index, word] of wordsOf(salt).entries()) block[index] = word ^ constant;
  const state = new Int32Array(words);
  sha1Step(sha1Start, 0, block, state);
  return state;
}

function wordsOf(bytes: Buffer): Int32Array {
  return Int32Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readInt32BE(index * 4));
}

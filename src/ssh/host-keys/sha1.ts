/** The state that SHA-1 begins with (FIPS 180-4, 5.3.1). */
export const sha1Start = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0);

const schedule = new Int32Array(80);

/**
 * One step of SHA-1 (FIPS 180-4, 6.1.2): what the 64 bytes of `block`, as 16 words, make of the five words of `from` at
 * `at`, written to `to`. `to` may be the block itself. Only for the hashed names of known_hosts, which node:crypto hashes
 * four times slower than this where one name is tried on very many lines.
 */
export function sha1Step(from: Int32Array, at: number, block: Int32Array, to: Int32Array): void {
  const w = schedule;
  for (let i = 0; i < 16; i++) w[i] = block[i]!;
  for (let i = 16; i < 80; i++) w[i] = rotated(w[i - 3]! ^ w[i - 8]! ^ w[i - 14]! ^ w[i - 16]!, 1);
  let a = from[at]!;
  let b = from[at + 1]!;
  let c = from[at + 2]!;
  let d = from[at + 3]!;
  let e = from[at + 4]!;
  for (let i = 0; i < 80; i++) {
    let mixed: number;
    if (i < 20) mixed = (d ^ (b & (c ^ d))) + 0x5a827999;
    else if (i < 40) mixed = (b ^ c ^ d) + 0x6ed9eba1;
    else if (i < 60) mixed = ((b & c) | (d & (b | c))) + 0x8f1bbcdc;
    else mixed = (b ^ c ^ d) + 0xca62c1d6;
    const next = (rotated(a, 5) + mixed + e + w[i]!) | 0;
    e = d;
    d = c;
    c = rotated(b, 30);
    b = a;
    a = next;
  }
  const sums = [from[at]! + a, from[at + 1]! + b, from[at + 2]! + c, from[at + 3]! + d, from[at + 4]! + e];
  for (let i = 0; i < 5; i++) to[i] = sums[i]!;
}

function rotated(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { outputText, readOutput } from '../../../src/ssh/jobs/read-output.ts';

/** A server that keeps these bytes and gives some of them for each question. */
async function readFrom(
  kept: Buffer,
  { first, piece, limit, cut = false }: ReadOptions
): Promise<{ text: string; read: number }> {
  let read = 0;
  const stream = { size: kept.length, cut, content: kept.subarray(0, first) };
  const ends = await readOutput(stream, { limit, pieceBytes: piece }, async (offset) => {
    const content = kept.subarray(offset, offset + piece);
    read += content.length;
    return content;
  });
  return { text: outputText(ends), read };
}

interface ReadOptions {
  first: number;
  piece: number;
  limit: number;
  cut?: boolean;
}

const options = fc.record({
  first: fc.nat(50),
  piece: fc.integer({ min: 1, max: 50 }),
  limit: fc.integer({ min: 2, max: 100 }),
});

describe('output', () => {
  test('within the limit comes whole, however small the pieces', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 100 }), options, async (text, sizes) => {
        const kept = Buffer.from(text);
        fc.pre(kept.length <= sizes.limit);
        expect((await readFrom(kept, sizes)).text).toBe(text);
      })
    );
  });

  test('beyond the limit is its beginning and its end, with the number of bytes between them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(/^[a-z]{1,300}$/), options, async (text, sizes) => {
        fc.pre(text.length > sizes.limit);
        const half = sizes.limit >> 1;
        const expected = `${text.slice(0, half)}\n[... ${text.length - 2 * half} bytes cut out ...]\n${text.slice(text.length - half)}`;
        expect((await readFrom(Buffer.from(text), sizes)).text).toBe(expected);
      })
    );
  });

  test('of any length costs the network no more than the limit and two pieces', async () => {
    const { read } = await readFrom(Buffer.alloc(1_000_000), { first: 1000, piece: 1000, limit: 10_000 });
    expect(read).toBeLessThanOrEqual(12_000);
  });

  test('that the server did not keep whole says so', async () => {
    const { text } = await readFrom(Buffer.from('abcdef'), { first: 6, piece: 6, limit: 6, cut: true });
    expect(text).toBe('abc\n[... more than 0 bytes cut out ...]\ndef');
  });

  test('that ends too early is no output', async () => {
    const sizes = { limit: 100, pieceBytes: 100 };
    const read = readOutput({ size: 10, cut: false, content: Buffer.from('abc') }, sizes, async () => Buffer.alloc(0));
    await expect(read).rejects.toMatchObject({ kind: 'JobLost' });
  });

  test('that comes a byte at a time is given up after a bounded number of questions', async () => {
    let asked = 0;
    const sizes = { limit: 262_144, pieceBytes: 65_536 };
    const read = readOutput({ size: 200_000, cut: false, content: Buffer.alloc(0) }, sizes, async () => {
      asked += 1;
      return Buffer.from('x');
    });
    await expect(read).rejects.toMatchObject({
      kind: 'UnreadableOutput',
      message: expect.stringContaining('pieces that are too small'),
    });
    expect(asked).toBe(10);
  });
});

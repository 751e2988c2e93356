import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FrameReader } from '../../../src/ssh/looks/frame-reader.ts';

const nonce = '0123456789abcdef';

function read(stream: string, pieceSizes: number[] = []) {
  let content = '';
  const events: string[] = [];
  const reader = new FrameReader(nonce, {
    onContent: (piece) => (content += piece.toString('latin1')),
    onBegin: () => events.push('begin'),
    onEnd: () => events.push('end'),
  });
  const bytes = Buffer.from(stream, 'latin1');
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = pieceSizes[i % pieceSizes.length] ?? bytes.length;
    reader.push(bytes.subarray(at, at + size));
    at += size;
  }
  reader.finish();
  return { content, events, group: reader.group, status: reader.status, noise: reader.noise };
}

const frame = (noise: string, content: string, after = '') =>
  `${noise}\n@@${nonce} begin 4711\n${content}\n@@${nonce} end 3\n${after}`;

describe('a framed stream', () => {
  test('gives the content between its lines, whatever the pieces in which it comes', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '\n', '@', '@@', nonce, ' end ', ' begin ', '\0', 'ÿ') });
    fc.assert(
      fc.property(
        text,
        text,
        text,
        fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }),
        (noise, content, after, sizes) => {
          fc.pre(!noise.includes(`@@${nonce}`) && !content.includes(`\n@@${nonce}`));
          expect(read(frame(noise, content, after), sizes)).toMatchObject({
            content,
            events: ['begin', 'end'],
            group: 4711,
            status: 3,
          });
        }
      )
    );
  });

  test('keeps the noise before it apart, its first 4 KB', () => {
    const { noise, content } = read(frame('Welcome to web-7!' + '.'.repeat(10_000), 'score: 80'), [1000]);
    expect(noise).toMatch(/^Welcome to web-7!/);
    expect(noise.length).toBe(4096);
    expect(content).toBe('score: 80');
  });

  test('that breaks off is content to its last byte', () => {
    expect(read(`\n@@${nonce} begin 1\nhalf a\n@@${nonce} en`)).toMatchObject({
      content: `half a\n@@${nonce} en`,
      status: null,
      events: ['begin'],
    });
  });

  test('with another nonce is noise, all of it', () => {
    const stream = '@@ffff begin 1\nx\n@@ffff end 0\n';
    expect(read(stream, [7])).toMatchObject({ content: '', events: [], status: null, noise: stream });
  });

  test.each(['', 'x', '1e3', '-1', '12345678901234567890'])('takes no number from %j', (status) => {
    expect(read(`@@${nonce} begin 1\n\n@@${nonce} end ${status}\n`).status).toBeNull();
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AnswerReader } from '../../../src/ssh/jobs/answer-reader.ts';

const nonce = '0123456789abcdef0123456789abcdef';
const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));
/** Output of login files that contains our marker with a wrong nonce. */
const noise = fc.oneof(bytes, fc.constantFrom('', '@@', '\n@@', `\n@@${nonce.slice(1)} state=lost\n`).map(Buffer.from));
const line = (out: Buffer, err: Buffer) =>
  `\n@@${nonce} state=exited detail=0 outlen=${out.length} errlen=${err.length}\n`;

function read(stream: Buffer, cuts: number[], limit = 1000): AnswerReader {
  const reader = new AnswerReader(nonce, limit);
  const ends = [...cuts.map((cut) => cut % (stream.length + 1)), stream.length].sort((a, b) => a - b);
  ends.reduce((from, to) => (reader.push(stream.subarray(from, to)), to), 0);
  return reader;
}

describe('an answer', () => {
  test('is found among any other output, in pieces of any size', () => {
    fc.assert(
      fc.property(noise, bytes, bytes, bytes, fc.array(fc.nat()), (before, out, err, after, cuts) => {
        const { answer } = read(Buffer.concat([before, Buffer.from(line(out, err)), out, err, after]), cuts);
        expect(Object.fromEntries(answer!.values)).toMatchObject({ state: 'exited', detail: '0' });
        expect([answer!.out.toString('hex'), answer!.err.toString('hex')]).toEqual([
          out.toString('hex'),
          err.toString('hex'),
        ]);
      })
    );
  });

  test('that is cut off at any point is not an answer', () => {
    fc.assert(
      fc.property(noise, bytes, bytes, fc.nat(), fc.array(fc.nat()), (before, out, err, end, cuts) => {
        const whole = Buffer.concat([before, Buffer.from(line(out, err)), out, err]);
        expect(read(whole.subarray(0, end % whole.length), cuts).answer).toBeNull();
      })
    );
  });

  test('cannot be forged by output that contains one', () => {
    const fake = Buffer.from(`\n@@${nonce} state=lost outlen=0 errlen=0\n`);
    const { answer } = read(Buffer.concat([Buffer.from(line(fake, fake)), fake, fake]), []);
    expect(answer!.values.get('state')).toBe('exited');
    expect(answer!.out).toEqual(fake);
  });

  test('with a length above the limit, or an invalid length, is not an answer', () => {
    for (const length of ['1001', '-1', '1e3', '99999999999', 'x']) {
      const stream = Buffer.concat([Buffer.from(`\n@@${nonce} outlen=${length}\n`), Buffer.alloc(2000)]);
      expect([length, read(stream, []).answer]).toEqual([length, null]);
    }
  });

  test('is too long if its length, its line or the login output exceeds the limit', () => {
    const promise = Buffer.from(`\n@@${nonce} outlen=1001\n`);
    const line = Buffer.concat([Buffer.from(`\n@@${nonce} a=`), Buffer.alloc(2 << 20, 'x')]);
    for (const stream of [promise, line, Buffer.alloc(2 << 20, 'x')]) {
      expect(read(stream, [7, 100_000]).isTooLong).toBe(true);
    }
    expect(read(Buffer.alloc(1000, 'x'), []).isTooLong).toBe(false);
    const whole = Buffer.concat([Buffer.from(`\n@@${nonce} outlen=1000\n`), Buffer.alloc(2 << 20)]);
    expect(read(whole, [])).toMatchObject({ isTooLong: false, answer: expect.anything() });
  });

  test('keeps the first 4 KB of the noise before it', () => {
    const reader = read(Buffer.from('Welcome\n'.repeat(10_000)), [5, 100, 70_000]);
    expect(reader.noise.slice(0, 16)).toBe('Welcome\nWelcome\n');
    expect(reader.noise.length).toBeLessThan(4200);
  });
});

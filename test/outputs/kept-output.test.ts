import { expect, test } from 'vitest';
import { keptOutput } from '../../src/outputs/kept-output.ts';

const what = 'the command of burn';
const mark = '\n@@ fleetmark cut @@\n';
const bytes = (length: number, start = 0): Buffer => Buffer.from(Array.from({ length }, (_, at) => (start + at) % 251));

test('without "keep", 256 KiB are kept, and more is an error as in a run', () => {
  expect(keptOutput(bytes(256 * 1024), null, what)).toEqual(bytes(256 * 1024));
  expect(() => keptOutput(bytes(256 * 1024 + 1), null, what)).toThrow(
    'the command of burn printed more than 256 KiB to its standard output or error: above this limit numbers are unreliable; print less, for example with `command > file`, or say with "keep" how much of its end is needed'
  );
});

test.each([
  ['a short output is kept whole', 1024, { head: 1024, tail: 100 }, bytes(1024)],
  ['a long one loses its middle', 5000, { head: 1024, tail: 100 }, [bytes(1024), mark, bytes(100, 4900)]],
  ['a head may have any size', 5000, { head: 1500, tail: 9 }, [bytes(1500), mark, bytes(9, 4991)]],
  ['one that fits into both has no mark', 1100, { head: 1024, tail: 500 }, bytes(1100)],
  ['one that fits into a tail has no mark', 100, { head: 0, tail: 100 }, bytes(100)],
  ['a tail alone has no head', 300, { head: 0, tail: 100 }, [mark, bytes(100, 200)]],
  ['a head alone has no tail', 2000, { head: 512, tail: 0 }, [bytes(512), mark]],
  ['an empty output has no mark', 0, { head: 0, tail: 100 }, []],
])('%s', (_, length, keep, expected) => {
  const parts = [expected].flat().map((part) => Buffer.from(part as Buffer));
  expect(keptOutput(bytes(length), keep, what)).toEqual(Buffer.concat(parts));
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CappedOutput } from '../../../src/ssh/looks/capped-output.ts';

test('head and tail are kept, whatever the pieces', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 30 })), fc.integer({ min: 2, max: 40 }), (pieces, limit) => {
      const output = new CappedOutput(limit);
      const all = pieces.join('').replace(/[^\x20-\x7e]/g, '?');
      for (let at = 0, i = 0; at < all.length; i++) {
        const size = Math.max(1, pieces[i % pieces.length]!.length);
        output.push(Buffer.from(all.slice(at, at + size)));
        at += size;
      }
      const head = all.slice(0, limit >> 1);
      const tail = all.slice(all.length - (limit - (limit >> 1)));
      const cut = `${head}\n[... ${all.length - limit} bytes cut out ...]\n${tail}`;
      expect(output.text()).toBe(all.length <= limit ? all : cut);
      expect(output.truncated).toBe(all.length > limit);
      expect(output.bytes).toBe(all.length);
    })
  );
});

test('is decoded as UTF-8', () => {
  const output = new CappedOutput(100);
  for (const byte of Buffer.from('5 µs')) output.push(Buffer.from([byte]));
  expect(output.text()).toBe('5 µs');
});

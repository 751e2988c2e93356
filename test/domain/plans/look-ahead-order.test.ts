import { expect, test } from 'vitest';
import { lookAheadOrder } from '../../../src/domain/plans/look-ahead-order.ts';

const orderOf = (serverIds: string[], maxParallel: number, skipped = {}): object =>
  Object.fromEntries(lookAheadOrder({ serverIds, maxParallel, skipped }));

test('each server names the one that gets its place, and only those after the first places were looked at ahead', () => {
  expect(orderOf(['a', 'b', 'c', 'd', 'e'], 2)).toEqual({
    a: { next: 'c' },
    b: { next: 'd' },
    c: { seenAhead: true, next: 'e' },
    d: { seenAhead: true },
    e: { seenAhead: true },
  });
});

test('a server that is skipped takes no place', () => {
  expect(orderOf(['a', 'b', 'c'], 1, { b: 'not reached by SSH' })).toEqual({
    a: { next: 'c' },
    c: { seenAhead: true },
  });
});

test('where all have a place, nobody is looked at ahead', () => {
  expect(orderOf(['a', 'b'], 2)).toEqual({ a: {}, b: {} });
});

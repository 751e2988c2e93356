import { expect, test } from 'vitest';
import { lookAheadOrder } from '../../../src/domain/plans/look-ahead-order.ts';

const orderOf = (serverIds: string[], maxParallel: number, skipped = {}): object =>
  Object.fromEntries(lookAheadOrder({ serverIds, maxParallel, skipped }));

test('each server is followed by the one that probably gets its place', () => {
  expect(orderOf(['a', 'b', 'c', 'd', 'e'], 2)).toEqual({ a: 'c', b: 'd', c: 'e' });
});

test('the order in which they start counts, not that of the report', () => {
  const plan = { serverIds: ['a', 'b', 'c'], order: ['c', 'a', 'b'], maxParallel: 1 };
  expect(Object.fromEntries(lookAheadOrder(plan))).toEqual({ c: 'a', a: 'b' });
});

test('a server that is skipped takes no place', () => {
  expect(orderOf(['a', 'b', 'c'], 1, { b: 'not reached by SSH' })).toEqual({ a: 'c' });
});

test('where all have a place, none follows', () => {
  expect(orderOf(['a', 'b'], 2)).toEqual({});
});

import { expect, test } from 'vitest';
import { shortList } from '../../../src/domain/values/short-list.ts';

test('a list names items up to the maximum, and counts the others', () => {
  const items = ['web-1', 'web-2', 'web-3'];
  expect([3, 2, 1].map((max) => shortList(items, max))).toEqual([
    'web-1, web-2, web-3',
    'web-1, web-2 and 1 more',
    'web-1 and 2 more',
  ]);
});

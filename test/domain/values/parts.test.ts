import { expect, test } from 'vitest';
import { partsOfSize } from '../../../src/domain/values/parts.ts';

test('a list is divided in order, and only the last part is smaller', () => {
  expect(partsOfSize([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
  expect(partsOfSize([1, 2], 2)).toEqual([[1, 2]]);
  expect(partsOfSize([], 2)).toEqual([]);
});

import { expect, test } from 'vitest';
import { matchAll } from '../../src/activities/bounded-match.ts';
import { Failure } from '../../src/domain/failures/failure.ts';

test('all matches come with their groups, line by line', () => {
  expect(matchAll('^score: (\\S+)$', 'score: 1\nno\nscore: 2')).toEqual([
    ['score: 1', '1'],
    ['score: 2', '2'],
  ]);
  expect(matchAll('score', 'nothing')).toEqual([]);
});

test('a pattern that would take for ever on what a server sent is given up', () => {
  const evil = `${'a'.repeat(50_000)}!`;
  expect(() => matchAll('(a+)+$', evil)).toThrow(Failure);
  expect(() => matchAll('(a+)+$', evil)).toThrow(/could not be matched/);
});

test('more matches than anybody needs are not collected', () => {
  expect(matchAll('x', 'x'.repeat(10_000))).toHaveLength(100);
});

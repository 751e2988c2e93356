import { expect, test } from 'vitest';
import { matchAll } from '../../src/activities/bounded-match.ts';
import { Failure } from '../../src/domain/failures/failure.ts';

test('all matches are found line by line, with their groups', () => {
  expect(matchAll('^score: (\\S+)$', 'score: 1\nno\nscore: 2')).toEqual([
    ['score: 1', '1'],
    ['score: 2', '2'],
  ]);
  expect(matchAll('score', 'nothing')).toEqual([]);
});

test('a pattern that would take for ever ends after a timeout', () => {
  const evil = `${'a'.repeat(50_000)}!`;
  expect(() => matchAll('(a+)+$', evil)).toThrow(Failure);
  expect(() => matchAll('(a+)+$', evil)).toThrow(/could not be matched/);
});

test('the number of matches is limited', () => {
  expect(matchAll('x', 'x'.repeat(10_000))).toHaveLength(100);
});

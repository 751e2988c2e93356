import { expect, test } from 'vitest';
import { matchPattern, withinTime } from '../../src/outputs/bounded-match.ts';
import { Failure } from '../../src/domain/failures/failure.ts';
import { withoutCpu } from './without-cpu.ts';

test('all matches are found line by line, with their groups and places', () => {
  const found = matchPattern('^(?<name>\\w+): (\\S+)(x)?$', 'score: 1\nno\ntime: 2', 'all');
  expect(found).toEqual([
    {
      whole: { text: 'score: 1', start: 0, end: 8 },
      groups: [{ text: 'score', start: 0, end: 5 }, { text: '1', start: 7, end: 8 }, null],
      named: { name: { text: 'score', start: 0, end: 5 } },
    },
    {
      whole: { text: 'time: 2', start: 12, end: 19 },
      groups: [{ text: 'time', start: 12, end: 16 }, { text: '2', start: 18, end: 19 }, null],
      named: { name: { text: 'time', start: 12, end: 16 } },
    },
  ]);
  expect(matchPattern('score', 'nothing', 'all')).toEqual([]);
});

test('the last match may be asked for alone, however many there are', () => {
  const [last, ...others] = matchPattern('\\d', '1'.repeat(50_000) + '2', 'last');
  expect(last!.whole).toEqual({ text: '2', start: 50_000, end: 50_001 });
  expect(others).toEqual([]);
});

test('a pattern that would take for ever ends after a timeout', () => {
  const evil = `${'a'.repeat(50_000)}!`;
  expect(() => matchPattern('(a+)+$', evil, 'all')).toThrow(Failure);
  expect(() => matchPattern('(a+)+$', evil, 'all')).toThrow(/could not be matched: it takes too long/);
});

test('the number of matches is limited', () => {
  expect(() => matchPattern('x', 'x'.repeat(20_001), 'all')).toThrow(/matches more than 20000 times/);
});

test('any other work ends after a timeout, too', () => {
  const forEver = (): never => {
    for (;;);
  };
  expect(() => withinTime(0, forEver)).toThrow(/the output could not be read: it takes too long/);
  expect(withinTime(0, () => 80)).toBe(80);
});

test('work that got no CPU before the timeout is done again', () => {
  let attempts = 0;
  const result = withinTime(0, () => {
    attempts += 1;
    if (attempts === 1) withoutCpu(700);
    return 80;
  });
  expect(result).toBe(80);
});

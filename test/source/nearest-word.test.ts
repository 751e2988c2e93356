import fc from 'fast-check';
import { expect, test } from 'vitest';
import { didYouMean, nearestWord } from '../../src/source/nearest-word.ts';

const keys = ['samples', 'duration', 'timeout', 'command', 'metrics'];

test.each([
  ['sampels', 'samples'],
  ['Samples', 'samples'],
  ['sample', 'samples'],
  ['durration', 'duration'],
  ['metric', 'metrics'],
])('the nearest word to %s is %s', (word, meant) => {
  expect(nearestWord(word, keys)).toBe(meant);
});

test.each(['', 'x', 'frequency', 'samplesamples', 'a'.repeat(1_000_000)])('no word is near %.20s', (word) => {
  expect(nearestWord(word, keys)).toBeNull();
  expect(didYouMean(word, keys)).toBe('');
});

test('of several similar words, the nearest is suggested', () => {
  expect(nearestWord('web-17', ['web-999', 'web-1', 'web-177', 'db-17'])).toBe('web-1');
});

test('of an endless list, the nearest of the first words is suggested', () => {
  function* words(): Generator<string> {
    yield 'web-1';
    for (;;) yield 'web-z'.padEnd(50, 'z');
  }
  expect(nearestWord('web-z'.padEnd(50, 'y'), words())).toBeNull();
});

test('a word with one wrong letter is always found', () => {
  const wrongLetter = fc.tuple(fc.constantFrom(...keys), fc.nat(), fc.constantFrom('q', 'z', '9'));
  fc.assert(
    fc.property(wrongLetter, ([word, at, letter]) => {
      const letters = [...word];
      letters[at % word.length] = letter;
      expect(nearestWord(letters.join(''), keys)).toBe(word);
    })
  );
});

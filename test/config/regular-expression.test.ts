import { expect, test } from 'vitest';
import { groupsOf } from '../../src/config/regular-expression.ts';

test.each([
  ['(?P<value>\\d+)', 'has the group (?P<value>...), which JavaScript writes as (?<value>...)'],
  ["(?'value'\\d+)", "has the group (?'value'...), which JavaScript writes as (?<value>...)"],
  ['(a)(?P=a)', 'has (?P=a), which JavaScript lacks; \\1 is the text of the first group'],
  ['(?i)error', 'has the inline flag (?i), which is not supported; write both cases: [Ee]rror'],
  ['(?i:error)', 'has the inline flag (?i:...), which is not supported; write both cases: [Ee]rror'],
  ['(?si)a.b', 'has the inline flag (?si), which is not supported; write [^] for any character'],
  ['(?m)^a', 'has the inline flag (?m), which is not supported; leave it out, since ^ and $ always match at lines'],
  ['(?x) a', 'has the inline flag (?x), which is not supported; leave it out'],
  ['a(?-i)b', 'has the inline flag (?-i), which is not supported; leave it out'],
  ['(?>a+)b', 'has an atomic group (?>...), which JavaScript lacks; write (?:...)'],
  ['(?#speed)a', 'has a comment (?#...), which JavaScript lacks; leave it out'],
  ['\\Ascore', 'has \\A, which is only the letter A in JavaScript; write ^'],
  ['score\\Z', 'has \\Z, which is only the letter Z in JavaScript; write $'],
  ['a\\h+', 'has \\h, which is only the letter h in JavaScript; write [ \\t]'],
  ['\\p{L}+', 'has \\p, which is only the letter p in JavaScript'],
  ['score [[:digit:]]+', 'has [:digit:], which JavaScript lacks; write \\d, \\s, \\w, or a range such as [A-F]'],
  ['a++', 'is not a valid regular expression: Nothing to repeat'],
])('the pattern %s is refused with what JavaScript has instead', (pattern, problem) => {
  expect(groupsOf(pattern)).toEqual({ names: [], problem });
});

test.each([
  '\\\\A',
  '[(?i)]',
  '(?:a)(?=b)(?!c)(?<=d)(?<!e)',
  '[\\]:a:]',
  '\\x41\\u0041\\cA\\0',
  '\\bGPU\\B[\\b]',
  '\\(\\?i\\)',
])('the pattern %s is accepted', (pattern) => {
  expect(groupsOf(pattern)).toEqual({ names: [], problem: null });
});

import { expect, test } from 'vitest';
import { isServerId } from '../../../src/domain/servers/server.ts';

test.each([
  'web-1',
  '_gateway',
  'café-1',
  'příbor',
  'сервер-7',
  '机房-01',
  'خادم-1',
  'सर्वर-१',
  '9',
  'x'.repeat(100),
  '\u{10330}-1',
])('%j is a server id', (id) => {
  expect(isServerId(id)).toBe(true);
});

test.each([
  ['nothing', ''],
  ['a leading point', '.web'],
  ['a leading -', '-web'],
  ['a leading accent', '\u0301a'],
  ['a blank', 'a b'],
  ['a slash', 'a/b'],
  ['an e and its accent apart', 'cafe\u0301-1'],
  ['a control character', 'a\u0007b'],
  ['a change of direction', 'a\u202eb'],
  ['a joiner of no width', 'a\u200db'],
  ['an invisible letter', 'a\u3164b'],
  ['a variation selector', 'a\ufe0fb'],
  ['half a character', 'a\ud800'],
  ['a symbol', 'a☃'],
  ['too many characters', 'x'.repeat(101)],
  ['too many bytes', '机'.repeat(34)],
  ['the name of a prototype', '__proto__'],
  ['no text', 7],
])('%s is not a server id', (_, id) => {
  expect(isServerId(id)).toBe(false);
});

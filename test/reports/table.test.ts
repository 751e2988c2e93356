import fc from 'fast-check';
import { textWidth } from '../../src/reports/text-width.ts';
import { expect, test } from 'vitest';
import { fit, headedTable, table, timeFormat, wrapped } from '../../src/reports/table.ts';
import { hostileText } from './hostile-text.ts';

test('columns are aligned by their width on a terminal', () => {
  const rows = ['a', '東京', 'longer'].map((text) => [text, 'x']);
  expect(table(rows)).toEqual(['a      x', '東京   x', 'longer x']);
});

test.each([
  ['東京', 4],
  ['한국', 4],
  ['ｱ', 1],
  ['e\u0301', 1],
  ['👨‍👩‍👧‍👦', 2],
  ['🇳🇴', 2],
])('%s takes %i columns', (text, columns) => {
  expect(table([[text, 'x']])).toEqual([`${text} x`]);
  expect(
    table([
      [text, 'x'],
      ['1234', 'x'],
    ])[1]
  ).toBe('1234 x');
  expect(
    table([
      [text, 'x'],
      ['', 'x'],
    ])[1]
  ).toBe(`${' '.repeat(columns)} x`);
});

test('times are in the time zone of this machine, as Intl writes them', () => {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const [min, max] = [new Date('1980-01-01'), new Date('2040-01-01')];
  fc.assert(
    fc.property(fc.date({ min, max, noInvalidDate: true }), (time) => {
      const iso = time.toISOString();
      expect(timeFormat()(iso)).toBe(timeFormat(timeZone)(iso));
    })
  );
});

test('colours do not count as width', () => {
  const rows = [
    [{ text: 'ab', role: 'good' as const }, 'x'],
    ['c', 'y'],
  ];
  expect(table(rows, (role, text) => `[${role}:${text}]`)).toEqual(['[good:ab] x', 'c  y']);
});

test('a text that does not fit is truncated with an ellipsis to the given width', () => {
  fc.assert(
    fc.property(hostileText, fc.nat(40), (text, width) => {
      const cut = fit(text, width);
      expect(textWidth(cut)).toBeLessThanOrEqual(width);
      if (textWidth(text) <= width) expect(cut).toBe(text);
      else if (width > 0) expect(cut.endsWith('…') && text.startsWith(cut.slice(0, -1))).toBe(true);
    })
  );
});

test('the last column goes on below itself, and a narrow terminal gives it lines of its own', () => {
  const rows = [['web-1', 'fail', 'cpu.events_per_second 3,912 of >= 7,200 events/s (54 %)']];
  expect(table(rows, undefined, 44)).toEqual([
    'web-1 fail cpu.events_per_second 3,912 of >=',
    '           7,200 events/s (54 %)',
  ]);
  expect(table(rows, undefined, 30)).toEqual([
    'web-1 fail',
    '    cpu.events_per_second',
    '    3,912 of >= 7,200 events/s',
    '    (54 %)',
  ]);
});

test('a table with a head becomes a list of facts where its columns have no room', () => {
  const rows = [['web-1', '10.0.0.11:22', '-', '/home/bench/.ssh/id_ed25519', 'web']];
  const names = ['server', 'address', 'user', 'key', 'groups'];
  expect(headedTable(names, rows, undefined, 40)).toEqual([
    'web-1',
    '  address 10.0.0.11:22',
    '  key     /home/bench/.ssh/id_ed25519',
    '  groups  web',
  ]);
  expect(headedTable(names, rows, undefined, 80)[0]).toMatch(/^server address +user key/);
});

test('no line of a table is wider than the terminal, and no word is lost', () => {
  const cell = fc.stringMatching(/^[a-z]{1,9}$/);
  const text = fc.stringMatching(/^[a-z ./]{0,200}$/);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(cell, cell, text), { maxLength: 4 }),
      fc.integer({ min: 24, max: 200 }),
      (rows, width) => {
        const lines = table(rows, undefined, width);
        for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(width);
        expect(lines.join('').replaceAll(' ', '')).toBe(rows.flat().join('').replaceAll(' ', ''));
      }
    )
  );
});

test('a word that is wider than the terminal is broken, not cut off', () => {
  expect(wrapped('see /var/tmp/.fleetmark.1000/jobs/x', 20, '  ')).toEqual([
    'see',
    '  /var/tmp/.fleetmar',
    '  k.1000/jobs/x',
  ]);
});

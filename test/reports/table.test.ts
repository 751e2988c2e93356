import fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { fit, table } from '../../src/reports/table.ts';
import { hostileText } from './hostile-text.ts';

test('columns are aligned by their width on a terminal', () => {
  const rows = ['a', '東京', 'longer'].map((text) => [text, 'x']);
  expect(table(rows)).toEqual(['a      x', '東京   x', 'longer x']);
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
      expect(stringWidth(cut)).toBeLessThanOrEqual(width);
      if (stringWidth(text) <= width) expect(cut).toBe(text);
      else if (width > 0) expect(cut.endsWith('…') && text.startsWith(cut.slice(0, -1))).toBe(true);
    })
  );
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decimal, inertJson, positive, printable } from '../../../src/domain/values/untrusted.ts';

/** Any code points, including control characters and lone surrogates. */
const anyText = fc
  .array(fc.oneof(fc.nat(0xff), fc.nat(0x2fff), fc.nat(0x10ffff)), { maxLength: 200 })
  .map((all) => String.fromCodePoint(...all));

describe('inertJson', () => {
  test('keeps its meaning, without characters that printable would remove', () => {
    fc.assert(
      fc.property(fc.jsonValue(), anyText, (value, text) => {
        const written = JSON.stringify({ value, [text]: text }, null, 2);
        const json = inertJson(written);
        expect(JSON.parse(json)).toEqual(JSON.parse(written)); // JSON has no -0
        for (const line of json.split('\n'))
          expect(line).toMatch(/^[^\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]*$/u);
      })
    );
    expect(inertJson('"\u009b31m\u202e\u{e0041}"')).toBe('"\\u009b31m\\u202e\\udb40\\udc41"');
  });
});

describe('printable', () => {
  test('removes terminal escapes, C1 controls, bidi and zero-width characters', () => {
    expect(printable('a\x1b[31mb', 50)).toBe('a [31mb');
    expect(printable('a\u009b31mb', 50)).toBe('a 31mb');
    expect(printable('web-7\u202egnp.exe', 50)).toBe('web-7 gnp.exe');
    expect(printable('pa\u200bss\ufeff', 50)).toBe('pa ss');
    expect(printable('x\u3164y\u{e0041}z', 50)).toBe('x y z');
    expect(printable('lone \ud800 surrogate', 50)).toBe('lone surrogate');
  });

  test('joins lines', () => {
    expect(printable('  a\r\n\n\tb\u2028c\u2029d  ', 50)).toBe('a b c d');
  });

  test('keeps ordinary text of any script', () => {
    for (const text of ['NVIDIA H100 80GB HBM3', 'Überlastung: 90 °C', '速度 128 GB/s', '🚀 done'])
      expect(printable(text, 50)).toBe(text);
  });

  test('truncates at the limit, never within a character', () => {
    expect(printable('abcdef', 6)).toBe('abcdef');
    expect(printable('abcdefg', 6)).toBe('abcde…');
    expect(printable('🚀🚀🚀', 2)).toBe('🚀…');
  });

  test('does not look through a long text for its next visible character', () => {
    expect(printable(`a${'\n'.repeat(1_000_000)}b`, 50)).toBe('a…');
    expect(printable('\n'.repeat(1_000_000), 1)).toBe('…');
    expect(printable(`a${'\n'.repeat(60_000)}b`, 50)).toBe('a b');
  });

  test('gives for any text a short, visible and stable result', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 60 }), (text, max) => {
        const shown = printable(text, max);
        expect([...shown].length).toBeLessThanOrEqual(max);
        expect(shown).not.toMatch(/[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u);
        expect(shown).not.toMatch(/^\s|\s\s|\s$/);
        expect(printable(shown, max)).toBe(shown);
      })
    );
  });
});

describe('decimal', () => {
  test('reads plain decimal notation', () => {
    const numbers: [string, number][] = [
      ['0', 0],
      ['12', 12],
      ['-0.5', -0.5],
      ['+3.', 3],
      ['.25', 0.25],
      ['3e8', 3e8],
      ['1.5E-3', 0.0015],
      ['5e-324', 5e-324],
      ['0e-400', 0],
      ['-0.00e9', -0],
    ];
    for (const [text, value] of numbers) expect(decimal(text)).toBe(value);
  });

  test.each([
    '',
    ' ',
    '.',
    '-',
    'e5',
    '1e',
    '1,234.5',
    '1 234',
    ' 1',
    '1\n',
    '0x10',
    '1_000',
    'inf',
    'nan',
    'NaN',
    '-Infinity',
    '1e999',
    '1e-400',
    '-2.5e-999',
    `0.${'0'.repeat(400)}1`,
    '12 %',
    '١٢',
  ])('refuses %j', (text) => expect(decimal(text)).toBeNull());

  test('reads back every finite number that JavaScript prints', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(decimal(String(value))).toBe(value + 0);
      })
    );
  });

  test('returns null or a finite number for any text', () => {
    const alphabet = fc.constantFrom(...'0123456789.+-eE, infNa'.split(''));
    fc.assert(
      fc.property(fc.string({ unit: alphabet, maxLength: 12 }), (text) => {
        const value = decimal(text);
        expect(value === null || Number.isFinite(value)).toBe(true);
        if (value !== null) expect(value).toBe(Number.parseFloat(text));
      })
    );
  });
});

test.each([
  ["Unable to parse '/srv/fleet/hosts.yml' as one", 24, "Unable to parse '/srv/…'"],
  ['cannot read "/srv/fleet/hosts.yml"', 22, 'cannot read "/srv/fl…"'],
  ["it isn't there, and 'a b' is not either", 30, "it isn't there, and 'a b' is …"],
  ["it isn't there at all", 12, "it isn't th…"],
  ["a 'bc", 3, 'a …'],
])('a quote left open by truncation is closed: %s', (text, most, expected) => {
  expect(printable(text, most)).toBe(expected);
});

test('positive refuses zero and below', () => {
  expect(positive('0.01')).toBe(0.01);
  for (const text of ['0', '0.00', '-1', '1e-999', 'nan']) expect(positive(text)).toBeNull();
});

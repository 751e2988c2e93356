import fc from 'fast-check';
import { expect, test } from 'vitest';
import { markup } from '../../src/reports/markup.ts';
import { hostileText } from './hostile-text.ts';

test('values are escaped, in elements and in attributes', () => {
  const name = `"><img src=x onerror='alert(1)'>&lt;`;
  expect(markup`<a title="${name}">${name}</a>`.toString()).toBe(
    '<a title="&quot;&gt;&lt;img src=x onerror=&#39;alert(1)&#39;&gt;&amp;lt;">' +
      '&quot;&gt;&lt;img src=x onerror=&#39;alert(1)&#39;&gt;&amp;lt;</a>'
  );
});

test('markup within markup stays, lists are joined, and missing values are left out', () => {
  const items = ['a<b', 7].map((each) => markup`<li>${each}</li>`);
  expect(markup`<ul>${items}</ul>${null}${undefined}${false}${[]}`.toString()).toBe(
    '<ul><li>a&lt;b</li><li>7</li></ul>'
  );
});

test('control characters, text direction and lone surrogates do not reach the reader; line feeds and tabs do', () => {
  expect(markup`${'a\u0000b\u001b[31mred\u001b[0m\u202egnp\ud800\ufffe\n\tc'}`.toString()).toBe(
    'a\ufffdbred\ufffdgnp\ufffd\ufffd\n\tc'
  );
});

test('no text adds an element or an attribute', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      const made = markup`<a title="${text}">${text}</a>`.toString();
      expect(made).toMatch(/^<a title="[^<>"]*">[^<>"]*<\/a>$/);
      expect(made).not.toMatch(/[^\P{C}\n\t]/u);
    })
  );
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matchesPattern } from '../../../src/domain/values/wildcards.ts';

test('wildcards match the same texts as the equivalent regular expression', () => {
  const pattern = fc.stringMatching(/^[ab?*]{0,8}$/);
  const text = fc.stringMatching(/^[ab]{0,8}$/);
  fc.assert(
    fc.property(pattern, text, (wildcards, id) => {
      const expression = new RegExp(`^${wildcards.replaceAll('?', '.').replaceAll('*', '.*')}$`);
      expect(matchesPattern(id, wildcards)).toBe(expression.test(id));
    }),
    { numRuns: 2000 }
  );
});

test('a pattern with many wildcards is matched quickly', () => {
  expect(matchesPattern('a'.repeat(100), '*a'.repeat(49) + '*b')).toBe(false);
});

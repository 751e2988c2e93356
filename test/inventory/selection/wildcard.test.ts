import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nearestPattern } from '../../../src/inventory/selection/wildcard.ts';
import { matchesPattern } from '../../../src/domain/values/wildcards.ts';

test('wildcards match what the same regular expression matches', () => {
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

test('a pattern of many wildcards ends', () => {
  expect(matchesPattern('a'.repeat(100), '*a'.repeat(49) + '*b')).toBe(false);
});

test.each([
  ['wbe-*', 'web-*'],
  ['web_*', 'web-*'],
  ['*.exmaple.com', '*.example.com'],
  ['Web-?', 'web-?'],
  ['gpu-*', null],
  ['web-9*', 'web-1*'],
  ['***', null],
])('what was probably meant by %j is %j', (pattern, meant) => {
  expect(nearestPattern(pattern, ['web-1.example.com', 'web-2', 'db-1'])).toBe(meant);
});

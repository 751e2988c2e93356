import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatDuration, parseDuration } from '../../src/source/duration.ts';

test.each([
  ['10s', 10_000],
  ['2m', 120_000],
  ['1h30m', 5_400_000],
  ['500ms', 500],
  ['1m500ms', 60_500],
  ['90s', 90_000],
  ['0s', 0],
])('%s is %d ms', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

test.each(['', '10', '10 s', 's', '1.5s', '-1s', '1s1m', '1s1s', '10S', '1e3s', '1h ', '10s\n', '9999999999s'])(
  '%j is not a duration',
  (text) => {
    expect(parseDuration(text)).toBeNull();
  }
);

test('a formatted duration is parsed as the same duration', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000_000_000_000 }), (milliseconds) => {
      expect(parseDuration(formatDuration(milliseconds))).toBe(milliseconds);
    })
  );
});

test('any text is parsed as a whole number of milliseconds, or as null', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9hms]{0,12}$/)), (text) => {
      const milliseconds = parseDuration(text);
      expect(milliseconds === null || Number.isSafeInteger(milliseconds)).toBe(true);
    })
  );
});

import { expect, test } from 'vitest';
import { AMBIGUOUS, isTextKey, unquotedValue } from '../../../src/source/yaml/ambiguous-scalar.ts';

test.each([
  ...['022', '00', '09', '+7', '1_000', '0x1f', '0o17', '0b11', '1e3', '1.5', '.5', '5.', '-.5', '1.0e+3', '192.0'],
  ...['08:30', '190:20', '12:30:45.6', '2026-01-01', '2026-01-01T00:00:00Z', '.inf', '-.NaN', '1234567890123456'],
  ...['yes', 'No', 'on', 'OFF', 'y', 'N', 'true', 'False', '=', '<<', '-', '.'],
])('%s without quotes is ambiguous', (text) => {
  expect(unquotedValue(text)).toBe(AMBIGUOUS);
});

test.each([
  ...['bench', '10.0.0.1', '10.0.0.1:22', '192.0.2', '2001:db8::1', '1:2:3:4:5:6:7:8', 'fe80::1%eth0', '~/.ssh/k'],
  ...['/k', './k', '3com', '1a.example.com', 'onward', 'none-1', 'nan', '-o ProxyJump=b', 'e5', 'a_1', '7', '0', '-1'],
])('%s without quotes is a string', (text) => {
  expect(unquotedValue(text)).toBe(text);
});

test.each(['', '~', 'null', 'NULL'])('%j is null', (text) => {
  expect(unquotedValue(text)).toBeNull();
});

test('a number is not a name, and << is a key, but not a value', () => {
  expect(['22', '0', '~', 'on', 'web-1', '10.0.0.1', '<<'].map(isTextKey)).toEqual([
    ...[false, false, false, false],
    ...[true, true, true],
  ]);
});

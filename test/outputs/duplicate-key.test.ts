import fc from 'fast-check';
import { expect, test } from 'vitest';
import { duplicateKey } from '../../src/outputs/duplicate-key.ts';
import { readingsOf } from './command-of.ts';

test.each([
  ['{"errors": 5, "errors": 0}', 'errors'],
  ['[{"a": 1}, {"b": {"c": 1, "d": [], "c": 2}}]', 'c'],
  [String.raw`{"a\"b": 1, "a\u0022b": 2}`, 'a"b'],
  ['{"": 1, "": 2}', ''],
])('%s has a key twice in one object', (json, key) => {
  expect(duplicateKey(json)).toBe(key);
});

test.each([
  '{"a": {"a": {"a": 1}}}',
  '[{"a": 1}, {"a": 2}]',
  '{"a": "b", "b": "a"}',
  String.raw`{"a": "{\"a\": 1, \"a\": 2}"}`,
  '{"a": ["a", "a"], "b": "a"}',
])('%s has none', (json) => {
  expect(duplicateKey(json)).toBeNull();
});

test('what JSON.stringify writes has none', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => duplicateKey(JSON.stringify(value, null, 1)) === null));
});

test('an output with two values for a key is no result: the first may be the bad news', () => {
  const { readings, error } = readingsOf(
    'metrics: { errors: { json: $.errors, unit: errors, better: lower } }',
    '{"errors": 5, "errors": 0}\n'
  );
  expect(readings).toEqual([]);
  expect(error!.message).toBe('x.errors: the JSON has two values for "errors" in one object');
});

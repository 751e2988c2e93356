import { describe, expect, test } from 'vitest';
import { problemsOfBurn } from '../support/read-configuration.ts';

const ok = "metrics: { score: { pattern: '(.)', unit: x } }";
const matchesAll =
  'matches an empty text, and so every output; remove an empty alternative such as "FAIL|", or write + in place of *';

describe('a sign in the output is refused in one sentence', () => {
  test.each([
    ["faults: [{ pattern: 'FAIL|', says: x }]", `faults[0].pattern: ${matchesAll}`],
    ["faults: [{ pattern: '(ERR)*', says: x, verdict: error }]", `faults[0].pattern: ${matchesAll}`],
    ["faults: [{ pattern: '^', says: x }]", `faults[0].pattern: ${matchesAll}`],
    ["require: ['PASS', '.*']", `require[1]: ${matchesAll}`],
    ["require: ['|PASS']", `require[0]: ${matchesAll}`],
    [
      "faults: [{ pattern: '(?<devise>.)', says: x }]",
      'faults[0].pattern: has a group (?<devise>...), but only device has a meaning; did you mean "device"?',
    ],
    [
      "faults: [{ pattern: '(?<value>.)', says: x }]",
      'faults[0].pattern: has a group (?<value>...), but only device has a meaning',
    ],
    [
      "require: ['(?<device>.)']",
      'require[0]: has a group (?<device>...), but names of groups have no meaning here; write (?:...)',
    ],
    [
      'faults: [{ pattern: a, device: b, says: x }]',
      'faults[0].device: is for json; a pattern has a group (?<device>...)',
    ],
    ['faults: [{ pattern: a, json: $.a, says: x }]', 'faults[0].json: cannot be used together with pattern'],
    ['faults: [{ device: a, says: x }]', 'faults[0]: must have either a pattern or json'],
    [
      'faults: [{ json: $.a, device: $.gpu, says: x }]',
      'faults[0].device: must be a key of the objects that json finds, not a path: entity_id',
    ],
    ['faults: [{ json: error, says: x }]', 'faults[0].json: must begin with "$": $.error'],
    ['faults: [{ json: $.a, device: 0, says: x }]', 'faults[0].device: must be a string, not 0; quote it'],
    ['faults: [{ pattern: a }]', 'faults[0].says: is missing'],
    ['faults: [{ pattern: a, says: x, verdict: warn }]', 'faults[0].verdict: must be fail or error'],
    ['faults: [FAILED]', 'faults[0]: must be a map such as { pattern: FAILED, says: wrong results }'],
    ['faults: { pattern: a, says: x }', 'faults: must be a list, not a map of keys and values'],
    ['keep: 1 MiB', 'keep: must be a map such as { head: 64 KiB, tail: 1 MiB }'],
  ])('%s', async (keys, message) => {
    expect(await problemsOfBurn(`${keys}, ${ok}`)).toEqual([message]);
  });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readInventory } from '../../../src/inventory/read-inventory.ts';
import { expandNodeSet, isNodeSet } from '../../../src/inventory/entries/node-set.ts';

// The output of ClusterShell 1.10.1: nodeset -e NODESET
test.each([
  ['node[001-003,130]', ['node001', 'node002', 'node003', 'node130']],
  ['10.0.0.[11-13]', ['10.0.0.11', '10.0.0.12', '10.0.0.13']],
  ['n[8-11]', ['n8', 'n9', 'n10', 'n11']],
  ['n[08-11]', ['n08', 'n09', 'n10', 'n11']],
  ['n[98-101]', ['n98', 'n99', 'n100', 'n101']],
  ['n[0-8/4]', ['n0', 'n4', 'n8']],
  ['n[5]', ['n5']],
  ['r[1-2]n[1-2]', ['r1n1', 'r1n2', 'r2n1', 'r2n2']],
  ['[1-2].example.com', ['1.example.com', '2.example.com']],
  ['web-1', ['web-1']],
])('%s expands to %j', (text, names) => {
  expect(expandNodeSet(text)).toEqual(names);
});

test.each([
  ['n[3-1]', '"n[3-1]": "3-1" ends before it begins'],
  ['n[1-010]', '"n[1-010]": "1-010" begins and ends with different numbers of digits'],
  ['n[01-100]', '"n[01-100]": "01-100" begins and ends with different numbers of digits'],
  ['n[1-]', '"n[1-]": "1-" is not a range such as 1-8 or 001-128'],
  ['n[1,,2]', '"n[1,,2]": "" is not a range such as 1-8 or 001-128'],
  ['n[1-4/0]', '"n[1-4/0]": "1-4/0" has a step of 0'],
  ['n[1-9999999999]', '"n[1-9999999999]": "1-9999999999" is not a range such as 1-8 or 001-128'],
  ['n[1-1000]x[1-1000]', '"n[1-1000]x[1-1000]" expands to more than 100000 names'],
  ['n[1][1][1][1][1][1][1][1][1]', '"n[1][1][1][1][1][1][1][1][1]" has more than 8 brackets'],
])('%s is refused', (text, problem) => {
  expect(expandNodeSet(text)).toEqual({ problem });
});

test.each(['web-1', 'web-*', '[::1]', '[2001:db8::17]:22', 'web[01:20]', 'web[a:c]', 'web[]'])(
  '%s is not a node set',
  (text) => {
    expect(isNodeSet(text)).toBe(false);
  }
);

test('a range expands to its numbers in order, padded to the digits of the first', () => {
  const range = fc.record({ first: fc.nat(500), more: fc.nat(50), digits: fc.integer({ min: 3, max: 4 }) });
  fc.assert(
    fc.property(range, fc.boolean(), ({ first, more, digits }, padded) => {
      const text = (number: number) => (padded ? String(number).padStart(digits, '0') : String(number));
      const numbers = Array.from({ length: more + 1 }, (_, index) => first + index);
      expect(expandNodeSet(`n[${text(first)}-${text(first + more)}]x`)).toEqual(numbers.map((n) => `n${text(n)}x`));
    })
  );
});

test('reading a list stops at the maximum number of servers', () => {
  const { mistakes, unplaced } = readInventory('a.txt', 'a[0-99999]\n'.repeat(50));
  expect([mistakes, unplaced]).toEqual([[{ line: 2, message: 'more than 100000 servers' }], 0]);
});

test('expanding ranges stops at ten times the maximum number of servers', () => {
  const { mistakes } = readInventory('a.ini', `[a]\n${'a[0:49999]\n'.repeat(22)}`);
  expect(mistakes).toEqual([{ line: 23, message: 'the ranges so far expand to more than 1000000 names' }]);
});

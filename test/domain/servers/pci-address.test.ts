import { expect, test } from 'vitest';
import { comparePciAddresses, readPciAddress } from '../../../src/domain/servers/pci-address.ts';

test.each([
  ['0000:c1:00.0', '0000:c1:00.0'],
  ['00000000:C1:00.0', '0000:c1:00.0'],
  ['00010000:01:00.0', '10000:01:00.0'],
  ['10000:01:00.7', '10000:01:00.7'],
])('%s is the PCI address %s', (text, address) => {
  expect(readPciAddress(text)).toBe(address);
});

test.each(['', 'c1:00.0', '0000:c1:00.8', '0000:c1:00', '../../etc', '0000:c1:00.0 '])(
  '%j is not a PCI address',
  (text) => {
    expect(readPciAddress(text)).toBeNull();
  }
);

test('addresses are ordered as numbers', () => {
  const sorted = ['0000:01:00.0', '0000:c1:00.0', '0001:02:00.0', '10000:01:00.0', '10000:01:00.1'];
  expect([...sorted].reverse().sort(comparePciAddresses)).toEqual(sorted);
});

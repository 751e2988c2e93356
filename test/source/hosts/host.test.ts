import { expect, test } from 'vitest';
import { canonicalHost } from '../../../src/source/hosts/host.ts';

test.each([
  ['0:0:0:0:0:0:0:1', '::1'],
  ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['2001:0db8::0001', '2001:db8::1'],
  ['FE80:0::1%Eth0', 'fe80::1%Eth0'],
  ['::FFFF:C000:0201', '::ffff:192.0.2.1'],
  ['::1', '::1'],
  ['192.0.2.1', '192.0.2.1'],
  ['Web-1.example.com', 'Web-1.example.com'],
])('the canonical form of the host %s is %s', (written, host) => {
  expect(canonicalHost(written)).toBe(host);
});

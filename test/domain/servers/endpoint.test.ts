import { expect, test } from 'vitest';
import { formatEndpoint } from '../../../src/domain/servers/endpoint.ts';

test.each([
  [{ host: 'web-1', port: 22 }, 'web-1:22'],
  [{ host: '::1', port: 2299 }, '[::1]:2299'],
  [{ host: 'fe80::1%eth0', port: 22 }, '[fe80::1%eth0]:22'],
  [{ host: '::ffff:192.0.2.1', port: 22 }, '[::ffff:192.0.2.1]:22'],
  [{ host: '192.0.2.1', port: 22, user: 'bench' }, 'bench@192.0.2.1:22'],
  [{ host: '2001:db8::1', port: 22, user: 'bench' }, 'bench@[2001:db8::1]:22'],
  [{ host: '::1', port: null }, '::1'],
  [{ host: '::1', port: null, user: 'bench' }, 'bench@::1'],
  [{ host: 'web-1', port: null, user: null }, 'web-1'],
])('%j is written %s', (endpoint, text) => {
  expect(formatEndpoint(endpoint)).toBe(text);
});

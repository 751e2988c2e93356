import { expect, test } from 'vitest';
import { isLoopback, metricsAddress } from '../../../src/cli/monitoring/metrics-address.ts';
import { Refusal } from '../../../src/cli/terminal/refusal.ts';

test.each([
  ['127.0.0.1:9464', '127.0.0.1', 9464, true],
  ['localhost:9464', '127.0.0.1', 9464, true],
  ['127.0.0.2:0', '127.0.0.2', 0, true],
  ['[::1]:9464', '::1', 9464, true],
  ['0.0.0.0:9464', '0.0.0.0', 9464, false],
  ['[::]:9464', '::', 9464, false],
  ['10.0.0.7:65535', '10.0.0.7', 65_535, false],
])('FLEETMARK_METRICS=%s', (written, host, port, loopback) => {
  const address = metricsAddress({}, { FLEETMARK_METRICS: written });
  expect(address).toEqual({ host, port });
  expect(isLoopback(address!)).toBe(loopback);
});

test.each(['9464', ':9464', '127.0.0.1', '127.0.0.1:', '127.0.0.1:65536', '::1:9464', '[127.0.0.1]:9464'])(
  'FLEETMARK_METRICS=%s is refused',
  (written) => {
    expect(() => metricsAddress({}, { FLEETMARK_METRICS: written })).toThrow(
      /^FLEETMARK_METRICS is .*: set it to an IP/
    );
  }
);

test.each(['web-1:9464', 'http://127.0.0.1:9464', '127.0.0.1:9464/metrics', '*:9464', '127.1:9464', 'a\u001b[31m:1'])(
  'FLEETMARK_METRICS=%s is refused, as it is no IP address',
  (written) => {
    const refused = (): unknown => metricsAddress({}, { FLEETMARK_METRICS: written });
    expect(refused).toThrow(Refusal);
    expect(refused).not.toThrow('\u001b');
  }
);

test('nothing is served by default', () => {
  expect(metricsAddress({}, {})).toBeNull();
  expect(metricsAddress({}, { FLEETMARK_METRICS: '' })).toBeNull();
});

test('the option overrides the environment, and means this machine only', () => {
  const address = metricsAddress({ metricsPort: 9000 }, { FLEETMARK_METRICS: '0.0.0.0:9464' });
  expect(address).toEqual({ host: '127.0.0.1', port: 9000 });
});

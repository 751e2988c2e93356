import { expect, test } from 'vitest';
import { proxyFor } from '../../../src/cli/temporal/proxy.ts';
import { faultSentence } from '../../../src/cli/temporal/temporal-fault.ts';

test('an IPv6 proxy has brackets in all messages', () => {
  const proxy = proxyFor('temporal.test', { http_proxy: 'http://[fd00::2]:8080' });
  const settings = {
    ...{ address: 'temporal.test:7233', endpoint: { host: 'temporal.test', port: 7233 }, proxy },
    ...{ namespace: 'default', connectionOptions: {} },
  };
  expect(faultSentence({ kind: 'proxy', why: 'ECONNREFUSED' }, settings)).toContain('the proxy [fd00::2]:8080 (from');
  expect(faultSentence({ kind: 'needs TLS' }, settings)).toContain('through the proxy [fd00::2]:8080 that http_proxy');
});

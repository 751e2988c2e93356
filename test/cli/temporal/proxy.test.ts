import { expect, test } from 'vitest';
import { proxyFor } from '../../../src/cli/temporal/proxy.ts';

const proxy = 'http://proxy.test:3128';

test.each(['localhost', 'LOCALHOST', 'a.localhost', '127.0.0.1', '127.9.8.7', '::1', '::ffff:127.0.0.1'])(
  '%s never uses a proxy',
  (host) => {
    expect(proxyFor(host, { grpc_proxy: proxy, ALL_PROXY: proxy })).toBeNull();
  }
);

test.each(['grpc_proxy', 'https_proxy', 'http_proxy', 'all_proxy', 'HTTPS_PROXY', 'ALL_PROXY'])(
  '%s sets the proxy for other hosts',
  (variable) => {
    expect(proxyFor('temporal.test', { [variable]: proxy })).toEqual({
      ...{ variable, host: 'proxy.test', port: 3128, credentials: null },
    });
  }
);

test('grpc_proxy comes before https_proxy; an empty variable is ignored', () => {
  const env = { http_proxy: 'http://c', HTTPS_PROXY: 'http://b', grpc_proxy: '' };
  expect(proxyFor('temporal.test', env)).toMatchObject({ variable: 'HTTPS_PROXY', host: 'b', port: 80 });
  expect(proxyFor('temporal.test', { ...env, grpc_proxy: 'a:1' })).toMatchObject({ host: 'a', port: 1 });
});

test.each([
  ['temporal.test', true],
  ['.temporal.test', true],
  ['*.test', true],
  ['test', true],
  ['a, temporal.test ,b', true],
  ['TEMPORAL.TEST', true],
  ['*', true],
  ['oral.test', false],
  ['a,,', false],
  ['10.0.0.0/8', false],
])('no_proxy %s excludes temporal.test: %s', (no_proxy, isExcepted) => {
  expect(proxyFor('temporal.test', { https_proxy: proxy, no_proxy }) === null).toBe(isExcepted);
  expect(proxyFor('temporal.test', { https_proxy: proxy, NO_PROXY: no_proxy }) === null).toBe(isExcepted);
});

test.each([
  ['10.0.0.0/8', '10.1.2.3', true],
  ['10.0.0.0/8', '11.1.2.3', false],
  ['10.1.2.3', '10.1.2.3', true],
  ['10.1.2', '10.1.2.3', false],
  ['[fd00::1]', 'fd00::1', true],
])('no_proxy %s excludes %s: %s', (no_proxy, host, isExcepted) => {
  expect(proxyFor(host, { https_proxy: proxy, no_proxy }) === null).toBe(isExcepted);
});

test('an unsupported proxy is refused, without showing its password', () => {
  for (const value of ['socks5://ada:secret@proxy:1080', 'https://ada:secret@proxy', 'http://ada:secret@']) {
    expect(() => proxyFor('temporal.test', { all_proxy: value })).toThrow(
      /^all_proxy (names a proxy by|is not the addr)/
    );
    expect(() => proxyFor('temporal.test', { all_proxy: value })).not.toThrow(/secret/);
  }
});

test('a password with a plain "%" is refused, without showing it', () => {
  for (const value of ['http://ada:50%secret@proxy:3128', 'ada:secret%@proxy', 'http://a%zz:secret@proxy']) {
    expect(() => proxyFor('temporal.test', { https_proxy: value })).toThrow(
      'https_proxy has an invalid "%" in its user or password: write %25 for a literal %'
    );
  }
});

test('user and password are separate from the address', () => {
  expect(proxyFor('temporal.test', { http_proxy: 'http://ada:s%40cret@[fd00::2]:8080' })).toEqual({
    ...{ variable: 'http_proxy', host: 'fd00::2', port: 8080 },
    credentials: { username: 'ada', password: 's@cret' },
  });
});

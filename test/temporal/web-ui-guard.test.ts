import { expect, test } from 'vitest';
import { webUiRefusal } from '../../src/temporal/web-ui-guard.ts';

const own = ['Host', '127.0.0.1:8233'];

function refusal(rawHeaders: string[], method = 'GET', url = '/api/v1/namespaces'): string | null {
  return webUiRefusal({ method, url, rawHeaders });
}

test.each([
  ['a person types the address', own],
  ['by another name of this machine', ['Host', 'localhost:8233', 'Sec-Fetch-Site', 'none']],
  ['by IPv6', ['host', '[::1]:8233']],
  ['through a forwarded port', ['Host', 'LOCALHOST:9000', 'Origin', 'http://localhost:9000']],
  ['the Web UI asks itself', [...own, 'Origin', 'http://127.0.0.1:8233', 'Sec-Fetch-Site', 'same-origin']],
  [
    'a link leads here',
    [...own, 'Sec-Fetch-Site', 'cross-site', 'Sec-Fetch-Mode', 'navigate', 'Sec-Fetch-Dest', 'document'],
  ],
])('a request is forwarded: %s', (_what, headers) => {
  expect(refusal(headers)).toBeNull();
});

test.each([
  ['another name', ['Host', 'evil.test:8233']],
  ['a name that begins as ours', ['Host', '127.0.0.1.evil.test:8233']],
  ['a name that ends as ours', ['Host', 'evil.localhost:8233']],
  ['our name as a user', ['Host', '127.0.0.1:8233@evil.test']],
  ['an address by which others reach this machine', ['Host', '192.168.1.2:8233']],
  ['another loopback address', ['Host', '127.1:8233']],
  ['no name', []],
  ['an empty name', ['Host', '']],
  ['two names', [...own, 'Host', 'evil.test']],
  ['the same twice', [...own, ...own]],
])('Host: %s is refused', (_what, headers) => {
  expect(refusal(headers)).toMatch(/Host header/);
});

test.each(['http://evil.test', 'null', '', 'http://127.0.0.1:3000', 'https://127.0.0.1:8233', 'http://localhost:8233'])(
  'Origin: %s is refused, even with other valid headers',
  (origin) => {
    for (const method of ['GET', 'POST', 'OPTIONS', 'PUT']) {
      expect(refusal([...own, 'Origin', origin, 'Sec-Fetch-Site', 'same-origin'], method)).toMatch(/Origin header/);
    }
    expect(refusal([...own, 'Origin', 'http://127.0.0.1:8233', 'Origin', origin])).toMatch(/Origin header/);
  }
);

test.each([
  ['a picture or a script', 'no-cors', 'image', 'GET'],
  ['a frame', 'navigate', 'iframe', 'GET'],
  ['a form', 'navigate', 'document', 'POST'],
  ['no further headers', '', '', 'GET'],
])('a request from another site is refused: %s', (_what, mode, dest, method) => {
  for (const site of ['cross-site', 'same-site']) {
    const headers = [...own, 'Sec-Fetch-Site', site, 'Sec-Fetch-Mode', mode, 'Sec-Fetch-Dest', dest];
    expect(refusal(headers, method)).toBe('the request comes from another site');
  }
});

test.each(['http://evil.test/', 'https://127.0.0.1:8233/', '//evil.test', '*', 'evil.test:80', ''])(
  'the target %s is %s',
  (url) => {
    // Two slashes begin a path for a server, but a host name for a browser.
    expect(refusal(own, 'GET', url) === null).toBe(url === '//evil.test');
  }
);

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freePorts } from '../../src/processes/ports.ts';
import { startWebUi, type WebUi } from '../../src/temporal/web-ui.ts';
import { listen } from '../support/ports.ts';

let behind: Server;
let seen: string[];
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let port: number;
let target: { host: string; port: number };
let webUi: WebUi;

beforeEach(async () => {
  seen = [];
  answer = (_, response) => response.end('the Web UI');
  behind = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    answer(request, response);
  });
  [port] = (await freePorts(1)) as [number];
  target = { host: '127.20.30.40', port: await listen(behind, '127.20.30.40') };
  webUi = await startWebUi(port, target);
});
afterEach(async () => {
  await webUi.close();
  behind.closeAllConnections();
  behind.close();
});

/** The response to these bytes, until the connection ends. */
async function raw(bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(bytes);
  return text(socket);
}

test('forwards requests of this machine: bodies, cookies, and both kinds of length', async () => {
  answer = (request, response) => {
    void text(request).then((body) => {
      response.setHeader('Set-Cookie', ['a=1', 'b=2']).setHeader('Access-Control-Allow-Origin', '*');
      response.end(JSON.stringify({ body, cookie: request.headers.cookie, host: request.headers.host }));
    });
  };
  const response = await fetch(`${webUi.url}/api?x=1`, {
    method: 'POST',
    body: 'x'.repeat(100_000),
    headers: { cookie: 'c=3' },
  });
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  expect(response.headers.get('access-control-allow-origin')).toBeNull();
  expect(await response.json()).toEqual({
    body: 'x'.repeat(100_000),
    cookie: 'c=3',
    host: `${target.host}:${target.port}`,
  });
  expect(seen).toEqual(['POST /api?x=1']);
});

test('each request of a connection is checked', async () => {
  const good = 'GET /good HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n';
  const bad = 'GET /bad HTTP/1.1\r\nHost: evil.test\r\n\r\n';
  const said = await raw(good + good + bad + good);
  expect(said.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 403']);
  expect(said).toContain(`The Web UI is for this machine only: http://127.0.0.1:${port}`);
  expect(new Set(seen)).toEqual(new Set(['GET /good']));
});

test.each([
  ['no Host', 'GET / HTTP/1.1\r\n\r\n'],
  ['no Host in an old version', 'GET / HTTP/1.0\r\n\r\n'],
  ['two of them', 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.test\r\nConnection: close\r\n\r\n'],
  ['a target with a host', 'GET http://evil.test/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'],
  ['a tunnel', 'CONNECT evil.test:80 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  [
    'a hidden second request',
    'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n',
  ],
  [
    'a WebSocket of another site',
    'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://evil.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
  ],
])('forwards nothing: %s', async (_what, bytes) => {
  expect(await raw(bytes)).not.toMatch(/^HTTP\/1\.1 [123]/);
  expect(seen).toEqual([]);
});

test('a Web UI that has ended is reported, and one that ends in the middle aborts the answer', async () => {
  answer = (_, response) => response.writeHead(200, { 'Content-Length': '100' }).end('half', () => response.destroy());
  await expect(fetch(webUi.url).then((response) => response.text())).rejects.toThrow();
  behind.closeAllConnections();
  behind.close();
  expect((await fetch(webUi.url)).status).toBe(502);
});

test('closes although a client still waits for an answer', async () => {
  answer = () => undefined;
  const waiting = fetch(webUi.url).catch(() => 'ended');
  await expect.poll(() => seen).toHaveLength(1);
  await webUi.close();
  expect(await waiting).toBe('ended');
  webUi = await startWebUi(port, target);
});

test('a port that is in use is reported', async () => {
  await expect(startWebUi(port, { host: '127.0.0.1', port: 1 })).rejects.toThrow('EADDRINUSE');
});

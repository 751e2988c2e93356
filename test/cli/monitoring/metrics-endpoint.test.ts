import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import { networkInterfaces } from 'node:os';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { openMetrics, type MetricsEndpoint } from '../../../src/cli/monitoring/metrics-endpoint.ts';
import { Refusal } from '../../../src/cli/terminal/refusal.ts';

const canUseIpv6 = Object.values(networkInterfaces()).some((each) => each?.some(({ address }) => address === '::1'));

let endpoint: MetricsEndpoint | null = null;
let exporter: Server | null = null;
afterEach(async () => {
  await endpoint?.close();
  exporter?.closeAllConnections();
  exporter?.close();
  [endpoint, exporter] = [null, null];
});

async function open(env: NodeJS.ProcessEnv = {}): Promise<MetricsEndpoint> {
  endpoint = await openMetrics({}, { FLEETMARK_METRICS: '127.0.0.1:0', ...env });
  return endpoint!;
}

/** What the SDK would serve. */
async function exportMetrics(at: string, metrics: string): Promise<void> {
  const [host, port] = at.split(':') as [string, string];
  exporter = createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/plain; version=0.0.4');
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.end(metrics);
  });
  exporter.listen(Number(port), host);
  await once(exporter, 'listening');
}

interface Answer {
  status: number | undefined;
  headers: IncomingMessage['headers'];
  body: string;
}

async function ask(url: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  const [response] = (await once(request(url, { headers, method, agent: false }).end(), 'response')) as [
    IncomingMessage,
  ];
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

test('serves what the SDK exports, without its headers', async () => {
  const { url, exporter: hidden } = await open();
  await exportMetrics(hidden, 'up 1\n');
  const { status, headers, body } = await ask(`${url}/metrics`);
  expect([status, body]).toEqual([200, 'up 1\n']);
  expect(headers['content-type']).toBe('text/plain; version=0.0.4');
  expect(headers['access-control-allow-origin']).toBeUndefined();
});

test('has no metrics before the SDK exports them, and says so', async () => {
  const { url } = await open();
  expect(await ask(`${url}/metrics`)).toMatchObject({
    status: 503,
    body: expect.stringContaining('no metrics') as string,
  });
});

test('the exporter listens at a loopback address that nobody can guess', async () => {
  const addresses = new Set<string>();
  for (let count = 0; count < 3; count += 1) {
    const { exporter: hidden } = await open();
    expect(hidden).toMatch(/^127\.\d+\.\d+\.\d+:\d+$/);
    addresses.add(hidden);
    await endpoint!.close();
  }
  endpoint = null;
  expect(addresses.size).toBe(3);
});

test('is alive at once, and ready when its check says so', async () => {
  const { url, watch } = await open();
  expect(await ask(`${url}/healthz`)).toMatchObject({ status: 200, body: 'ok\n' });
  expect(await ask(`${url}/readyz`)).toMatchObject({ status: 503, body: 'not ready: the worker is starting\n' });
  watch(() => Promise.resolve('Temporal says\n\u001b[31mno'));
  expect(await ask(`${url}/readyz`)).toMatchObject({ status: 503, body: 'not ready: Temporal says [31mno\n' });
  watch(() => Promise.reject(new Error('it broke')));
  expect(await ask(`${url}/readyz`)).toMatchObject({ status: 503, body: 'not ready: it broke\n' });
  watch(() => Promise.resolve(null));
  expect(await ask(`${url}/readyz`)).toMatchObject({ status: 200, body: 'ready\n' });
});

test('a check that never ends is not ready', async () => {
  const { url, watch } = await open();
  watch(() => new Promise(() => undefined));
  expect(await ask(`${url}/readyz`)).toMatchObject({
    status: 503,
    body: 'not ready: Temporal does not answer within 3 s\n',
  });
});

test.each([
  ['another name (DNS rebinding)', { Host: 'evil.test' }],
  ['an address by which others reach this machine', { Host: '192.168.1.2:9464' }],
  ['another site', { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'no-cors' }],
  ['an origin', { Origin: 'http://evil.test' }],
])('a request of a web page is refused on every path: %s', async (_what, headers) => {
  const { url } = await open();
  for (const path of ['/metrics', '/healthz', '/readyz', '/'])
    expect((await ask(url + path, headers as Record<string, string>)).status).toBe(403);
});

test('at an address of the network every host name is accepted, but still no other site', async () => {
  const { url } = await open({ FLEETMARK_METRICS: '0.0.0.0:0' });
  const here = url.replace('0.0.0.0', '127.0.0.1');
  expect((await ask(`${here}/healthz`, { Host: 'worker-7.example:9464' })).status).toBe(200);
  expect((await ask(`${here}/healthz`, { Host: 'worker-7.example', Origin: 'http://evil.test' })).status).toBe(403);
});

test('only GET and HEAD, only known paths', async () => {
  const { url } = await open();
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS'])
    expect((await ask(`${url}/healthz`, {}, method)).status).toBe(405);
  expect(await ask(`${url}/healthz`, {}, 'HEAD')).toMatchObject({ status: 200, body: '' });
  for (const path of ['/', '/metricsx', '/api', '//metrics', '/%6detrics'])
    expect((await ask(url + path)).status).toBe(404);
  expect((await ask(`${url}/healthz?x=1`)).status).toBe(200);
});

test.skipIf(!canUseIpv6)('serves at an IPv6 address', async () => {
  const { url } = await open({ FLEETMARK_METRICS: '[::1]:0' });
  expect(url).toMatch(/^http:\/\/\[::1\]:\d+$/);
  expect((await ask(`${url}/healthz`)).status).toBe(200);
});

test('a port in use is one sentence', async () => {
  const { port } = new URL((await open()).url);
  const again = openMetrics({ metricsPort: Number(port) }, {});
  await expect(again).rejects.toThrow(Refusal);
  await expect(again).rejects.toThrow(
    `metrics cannot be served at 127.0.0.1:${port}: this port is in use; choose another one with --metrics-port or FLEETMARK_METRICS`
  );
});

test('an address that this machine does not have is one sentence', async () => {
  const elsewhere = openMetrics({}, { FLEETMARK_METRICS: '192.0.2.1:9464' });
  await expect(elsewhere).rejects.toThrow(
    'metrics cannot be served at 192.0.2.1:9464: this machine does not have this address; correct FLEETMARK_METRICS'
  );
});

import { once } from 'node:events';
import { Agent, createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { formatEndpoint } from '../../domain/servers/endpoint.ts';
import { printable } from '../../domain/values/untrusted.ts';
import { chooseHiddenAddress, type HiddenAddress } from '../../temporal/hidden-address.ts';
import { crossSiteRefusal, webUiRefusal } from '../../temporal/web-ui-guard.ts';
import { withTimeout } from '../../waiting/with-timeout.ts';
import { Refusal } from '../terminal/refusal.ts';
import { isLoopback, metricsAddress, type MetricsAddress, type MetricsOptions } from './metrics-address.ts';

/** Why the worker is not ready; null: it is ready. */
type ReadyCheck = () => Promise<string | null>;

/** Serves `/metrics`, `/healthz` and `/readyz`. */
export interface MetricsEndpoint {
  /** `http://127.0.0.1:9464` */
  url: string;
  /** Where the SDK must export its metrics: `127.3.2.1:40000`. */
  exporter: string;
  /** Sets the check of readiness. Before, nothing is ready. */
  watch(check: ReadyCheck): void;
  close(): Promise<void>;
}

const EXPORTER_TIMEOUT_MS = 8_000;
/** Monitors often give up after 5 s. The SDK repeats a call for 10 s. */
const READY_TIMEOUT_MS = 3_000;

/**
 * Listens where the option or the environment says; null: nowhere.
 *
 * The exporter of the SDK has an HTTP server of its own, which only serves metrics and checks no Host header. It listens on a
 * hidden loopback address: users have one port for everything, and a browser reaches none of it.
 * @throws Refusal if the address is invalid or in use
 */
export async function openMetrics(options: MetricsOptions, env: NodeJS.ProcessEnv): Promise<MetricsEndpoint | null> {
  const address = metricsAddress(options, env);
  if (address === null) return null;
  const exporter = await chooseHiddenAddress();
  let check: ReadyCheck = () => Promise.resolve('the worker is starting');
  const agent = new Agent({ keepAlive: true }); // a separate agent never uses a proxy
  const server = createServer((incoming, response) => {
    const refusal = refusalOf(incoming, address);
    if (refusal !== null) return answer(response, ...refusal);
    const path = incoming.url!.replace(/\?.*$/, '');
    if (path === '/healthz') return answer(response, 200, 'ok');
    if (path === '/readyz') return void answerReadiness(response, check);
    if (path === '/metrics') return forward(response, exporter, agent);
    answer(response, 404, 'Not found: this address has /metrics, /healthz and /readyz.');
  });
  const url = await listen(server, address);
  return {
    url,
    exporter: formatEndpoint(exporter),
    watch: (given) => void (check = given),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      agent.destroy();
    },
  };
}

async function listen(server: Server, { host, port }: MetricsAddress): Promise<string> {
  try {
    server.listen({ host, port, exclusive: true });
    await once(server, 'listening');
    return `http://${formatEndpoint({ host, port: (server.address() as AddressInfo).port })}`;
  } catch (cause) {
    const where = formatEndpoint({ host, port });
    throw new Refusal(`metrics cannot be served at ${where}: ${listenFault(cause)}`, undefined, { cause });
  }
}

function listenFault(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return 'this port is in use; choose another one with --metrics-port or FLEETMARK_METRICS';
  if (code === 'EACCES') return 'this port needs root; choose one above 1023';
  if (code === 'EADDRNOTAVAIL') return 'this machine does not have this address; correct FLEETMARK_METRICS';
  return message;
}

/** A page of another site must not read metrics. At an address of the network, any host name can be ours. */
function refusalOf({ method = '', url = '', rawHeaders }: IncomingMessage, address: MetricsAddress): Refused | null {
  const refused = isLoopback(address) ? webUiRefusal : crossSiteRefusal;
  const why = refused({ method, url, rawHeaders });
  if (why !== null) return [403, `Refused: ${why}.`];
  return method === 'GET' || method === 'HEAD' ? null : [405, 'Only GET and HEAD are allowed.'];
}

type Refused = [status: number, text: string];

function answer(response: ServerResponse, status: number, text: string): void {
  const headers = { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' };
  response.writeHead(status, { ...headers, 'Cache-Control': 'no-store' }).end(`${text}\n`);
}

async function answerReadiness(response: ServerResponse, check: ReadyCheck): Promise<void> {
  const reason = new Error(`Temporal does not answer within ${READY_TIMEOUT_MS / 1000} s`);
  const checked = withTimeout(READY_TIMEOUT_MS, check, { reason, graceMs: 0 });
  const why = await checked.catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
  if (why === null) answer(response, 200, 'ready');
  else answer(response, 503, `not ready: ${printable(why, 300)}`);
}

function forward(response: ServerResponse, { host, port }: HiddenAddress, agent: Agent): void {
  const outgoing = request({ host, port, path: '/metrics', agent, timeout: EXPORTER_TIMEOUT_MS });
  outgoing.on('response', (metrics) => {
    const type = metrics.headers['content-type'] ?? 'text/plain; version=0.0.4';
    response.writeHead(metrics.statusCode!, { 'Content-Type': type, 'X-Content-Type-Options': 'nosniff' });
    metrics.on('error', () => response.destroy()).pipe(response);
  });
  outgoing.on('timeout', () => outgoing.destroy());
  outgoing.on('error', () => {
    if (response.headersSent) return response.destroy();
    answer(response, 503, 'There are no metrics: the worker is starting, or does not answer.');
  });
  response.on('close', () => outgoing.destroy());
  outgoing.end();
}

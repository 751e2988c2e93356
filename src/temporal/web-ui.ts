import { once } from 'node:events';
import { Agent, createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HiddenAddress } from './hidden-address.ts';
import { webUiRefusal } from './web-ui-guard.ts';

export interface WebUi {
  url: string;
  close(): Promise<void>;
}

const HOP_BY_HOP = /^(connection|keep-alive|proxy-.*|te|trailer|upgrade)$/i;
/** The Web UI allows other sites to read its answers; the proxy does not. */
const CORS_HEADERS = /^access-control-/i;

/** Starts a proxy that forwards requests from this machine to the Web UI. Port 0: any. @throws Error if it is in use */
export async function startWebUi(port: number, behind: HiddenAddress): Promise<WebUi> {
  const agent = new Agent({ keepAlive: true }); // a separate agent never uses a proxy
  const server = createServer((incoming, response) => {
    const { method = 'GET', url: target = '', rawHeaders } = incoming;
    const why = webUiRefusal({ method, url: target, rawHeaders });
    if (why === null) return forward(incoming, response, behind, agent);
    incoming.resume();
    const text = `Refused: ${why}. The Web UI is for this machine only: ${url}\n`;
    response.writeHead(403, { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' }).end(text);
  });
  server.listen({ port, host: '127.0.0.1', exclusive: true });
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, close: () => close(server, agent) };
}

function forward(
  incoming: IncomingMessage,
  response: ServerResponse,
  { host, port }: HiddenAddress,
  agent: Agent
): void {
  const { method, url: path } = incoming;
  const headers = mapHeaders(incoming.rawHeaders, (name, value) => {
    if (/^host$/i.test(name)) return `${host}:${port}`;
    if (/^(origin|referer)$/i.test(name)) return value.replace(/^http:\/\/[^/]*/i, `http://${host}:${port}`);
    return HOP_BY_HOP.test(name) ? null : value;
  });
  const outgoing = request({ host, port, method, path, headers, agent });
  outgoing.on('response', (answer) => {
    const shown = mapHeaders(answer.rawHeaders, (name, value) => {
      if (/^location$/i.test(name)) return value.replace(`http://${host}:${port}`, '');
      return HOP_BY_HOP.test(name) || CORS_HEADERS.test(name) || /^transfer-encoding$/i.test(name) ? null : value;
    });
    response.writeHead(answer.statusCode!, shown);
    answer.on('error', () => response.destroy()).pipe(response);
  });
  outgoing.on('error', () => {
    if (response.headersSent) return response.destroy();
    response.writeHead(502, { 'Content-Type': 'text/plain' }).end('The Web UI does not answer.\n');
  });
  response.on('close', () => outgoing.destroy());
  incoming.on('error', () => outgoing.destroy()).pipe(outgoing);
}

/** Maps the values of raw headers with `change`; null removes a header. */
function mapHeaders(raw: readonly string[], change: (name: string, value: string) => string | null): string[] {
  return raw.flatMap((name, index) => {
    if (index % 2 === 1) return [];
    const value = change(name, raw[index + 1]!);
    return value === null ? [] : [name, value];
  });
}

async function close(server: Server, agent: Agent): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
  agent.destroy();
}

/** A real HTTP server that receives what actions send. */
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from './processes.ts';

export interface Received {
  headers: IncomingHttpHeaders;
  body: string;
}

/** How it answers a request: a status, with headers, or by dropping the connection. Default: 204. */
export type Answer = number | { status: number; headers: Record<string, string> } | 'drop' | Promise<void>;

export interface Receiver {
  url: string;
  received: Received[];
  /** Waits until there are this many requests. */
  receives(count: number): Promise<Received[]>;
  stop(): Promise<void>;
}

/** @param answerTo - by the number of the request, from 0; a promise: holds the request, then drops it */
export async function startReceiver(answerTo: (index: number) => Answer = () => 204): Promise<Receiver> {
  const received: Received[] = [];
  const server: Server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      const answer = answerTo(received.length);
      received.push({ headers: request.headers, body });
      if (answer === 'drop') return request.socket.destroy();
      if (answer instanceof Promise) return void answer.then(() => request.socket.destroy());
      const { status, headers } = typeof answer === 'number' ? { status: answer, headers: {} } : answer;
      return response.writeHead(status, headers).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hook/T0KEN`,
    received,
    receives: (count) =>
      eventually(
        async () => received,
        ({ length }) => length >= count
      ),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

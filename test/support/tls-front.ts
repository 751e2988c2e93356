/** TLS in front of Temporal, and a proxy. */
import { once } from 'node:events';
import { connect, createServer as createPlainServer, type Server, type Socket } from 'node:net';
import { createServer, type TlsOptions } from 'node:tls';
import { listen } from './ports.ts';

export interface Front {
  address: string;
  port: number;
  /** The requested targets of CONNECT, if it is a proxy. */
  asked: string[];
  close(): Promise<void>;
}

/** Terminates TLS in front of a plain server, as a load balancer does in front of Temporal. */
export async function startTlsFront(behind: string, options: TlsOptions): Promise<Front> {
  const server = createServer({ ALPNProtocols: ['h2'], ...options }, (socket) => join(socket, connectTo(behind)));
  server.on('tlsClientError', () => undefined);
  return listening(server);
}

/** An HTTP proxy for CONNECT. */
export async function startConnectProxy({ refuses = false } = {}): Promise<Front> {
  const asked: string[] = [];
  const server = createPlainServer((socket) => {
    socket.once('data', (head) => {
      const [, target] = /^CONNECT (\S+) HTTP/.exec(head.toString('latin1')) ?? [];
      asked.push(target ?? head.toString('latin1').split('\r\n')[0]!);
      if (refuses || target === undefined) return socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      // The proxy resolves the name; here all names are this machine.
      const there = connectTo(`127.0.0.1:${target.split(':').at(-1)!}`);
      there.once('connect', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
      join(socket, there);
    });
  });
  return listening(server, asked);
}

/** Answers every connection with one line of another protocol. */
export async function startTalker(line: string): Promise<Front> {
  return listening(createPlainServer((socket) => void socket.on('error', () => undefined).end(`${line}\r\n`)));
}

async function listening(server: Server, asked: string[] = []): Promise<Front> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => undefined)));
  const port = await listen(server);
  return {
    ...{ port, address: `127.0.0.1:${port}`, asked },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function connectTo(address: string): Socket {
  const [host, port] = address.split(':') as [string, string];
  return connect(Number(port), host);
}

function join(one: Socket, other: Socket): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.on('error', () => to.destroy()).on('close', () => to.destroy());
    from.pipe(to);
  }
}

import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';

/**
 * A port of 127.0.0.1 that refuses every connection, for as long as this process lives: it is the near end of a
 * connection to ourselves, so nobody listens on it and nobody else can.
 */
export async function reserveRefusedPort(): Promise<number> {
  const server = createServer((socket) => socket.on('error', () => undefined));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
  return socket.localPort!;
}

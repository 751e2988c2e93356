import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';

/**
 * Reserves a port of 127.0.0.1 that refuses every connection while this process lives: it is the client port of a
 * connection to this process, so no other program can listen on it.
 */
export async function reserveRefusedPort(): Promise<number> {
  const server = createServer((socket) => socket.on('error', () => undefined));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
  return socket.localPort!;
}

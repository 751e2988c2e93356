import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';

/** Whether a TCP port of 127.0.0.1 can be listened on now. */
export async function isPortFree(port: number): Promise<boolean> {
  return (await listenBriefly(port)) !== null;
}

/** Ports that were free a moment ago, all different. */
export async function freePorts(count: number, host = '127.0.0.1'): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = await listenBriefly(0, host);
    if (port === null) throw new Error(`No TCP port of ${host} is free.`);
    ports.add(port);
  }
  return [...ports];
}

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

async function listenBriefly(port: number, host = '127.0.0.1'): Promise<number | null> {
  const server = createServer();
  try {
    server.listen({ port, host, exclusive: true });
    await once(server, 'listening');
  } catch {
    return null;
  }
  const { port: listened } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return listened;
}

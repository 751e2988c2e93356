/** How a server of a test gets a port of its own. */
import { once, type EventEmitter } from 'node:events';
import type { AddressInfo } from 'node:net';
import { freePorts } from '../../src/processes/ports.ts';

interface Listener extends EventEmitter {
  listen(port: number, address: string): unknown;
  address(): unknown;
}

/** Resolves with the port, which the system chooses. */
export async function listen(server: Listener, address = '127.0.0.1'): Promise<number> {
  server.listen(0, address);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** A port on which no program listens. */
export async function freePort(address?: string): Promise<number> {
  const [port] = await freePorts(1, address);
  return port!;
}

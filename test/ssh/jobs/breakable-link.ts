import { createServer, Socket } from 'node:net';
import { listen } from '../../support/ports.ts';

/** A proxy to a server on this machine; a test can break its connections. */
export interface BreakableLink {
  port: number;
  /** Destroys all connections. */
  cut(): void;
  /** Delivers nothing in either direction, although the connections stay open; sent data waits. */
  freeze(): void;
  thaw(): void;
  close(): void;
}

export async function breakableLink(port: number): Promise<BreakableLink> {
  const pairs = new Set<[Socket, Socket]>();
  const proxy = createServer((near) => {
    const far = new Socket().connect(port, '127.0.0.1');
    const pair: [Socket, Socket] = [near, far];
    pairs.add(pair);
    for (const [end, other] of [pair, [far, near] as const]) {
      end.on('error', () => {});
      end.on('close', () => {
        other.end(); // received data is still delivered
        pairs.delete(pair);
      });
    }
    near.pipe(far).pipe(near);
  });
  const ownPort = await listen(proxy);
  const cut = () => {
    for (const end of [...pairs].flat()) end.destroy();
  };
  return {
    port: ownPort,
    cut,
    freeze: () => {
      for (const end of [...pairs].flat()) end.unpipe().pause();
    },
    thaw: () => {
      for (const [near, far] of pairs) near.pipe(far).pipe(near);
    },
    close: () => {
      cut();
      proxy.close();
    },
  };
}

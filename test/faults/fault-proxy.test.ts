import fc from 'fast-check';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startFaultProxy, type FaultProxy } from '../support/fault-proxy.ts';
import { eventually } from '../support/processes.ts';
import { listen } from '../support/ports.ts';

let echo: Server;
let proxy: FaultProxy;
beforeEach(async () => {
  echo = createServer((socket) => {
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  proxy = await startFaultProxy('127.0.0.1', { host: '127.0.0.1', port: await listen(echo) });
});
afterEach(async () => {
  await proxy.close();
  echo.close();
});

interface Client {
  socket: Socket;
  received: string;
  error: string | null;
  gets(text: string): Promise<unknown>;
}

async function client(): Promise<Client> {
  const socket = connect(proxy.port, '127.0.0.1');
  const self: Client = {
    socket,
    received: '',
    error: null,
    gets: (text) =>
      eventually(
        () => self.received,
        (received) => received === text
      ),
  };
  socket.on('data', (data) => (self.received += data.toString()));
  socket.on('error', ({ code }: NodeJS.ErrnoException) => (self.error = code ?? 'unknown'));
  await once(socket, 'connect');
  return self;
}

test('bytes keep their order while the delay changes, a black hole comes and goes, and pieces are split', async () => {
  const step = fc.record({
    text: fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme-ascii' }),
    delay: fc.nat(15),
    hole: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      const { socket, gets } = await client();
      for (const { text, delay, hole } of steps) {
        proxy.delay(delay);
        if (hole) proxy.blackHole();
        socket.write(text);
        await new Promise((resolve) => setImmediate(resolve));
        if (hole) proxy.pass();
      }
      await gets(steps.map(({ text }) => text).join(''));
      socket.destroy();
    }),
    { numRuns: 30 }
  );
});

test('a black hole delivers its data after it ends, even from a client that is gone', async () => {
  let arrived = '';
  echo.on('connection', (socket) => socket.on('data', (data) => (arrived += data.toString())));
  const { socket } = await client();
  const held = proxy.holdAfter(4);
  socket.write('begin and start');
  await held;
  await eventually(
    () => arrived,
    (text) => text === 'begi'
  );
  socket.destroy();
  const other = await client();
  other.socket.write('!');
  await eventually(
    () => arrived,
    (text) => text === 'begi!'
  );
  proxy.pass();
  await eventually(
    () => arrived,
    (text) => text === 'begi!n and start'
  );
  await eventually(
    () => proxy.connections(),
    (count) => count === 1
  );
});

test('reset() breaks an open connection, refuse() resets every new one until pass()', async () => {
  const one = await client();
  one.socket.write('a');
  await one.gets('a');
  proxy.refuse();
  proxy.reset();
  await eventually(
    () => one.error,
    (error) => error === 'ECONNRESET'
  );
  const refused = connect(proxy.port, '127.0.0.1');
  const [error] = (await once(refused, 'error')) as [NodeJS.ErrnoException];
  expect(error.code).toBe('ECONNRESET');
  proxy.pass();
  const three = await client();
  three.socket.write('c');
  await three.gets('c');
});

import { once } from 'node:events';
import { createServer, Socket, type AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { writeTogether } from '../../../src/ssh/connections/write-together.ts';

async function received(send: (socket: Socket) => void): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection') as Promise<[AsyncIterable<Buffer>]>;
  const socket = new Socket().connect((server.address() as AddressInfo).port, '127.0.0.1');
  writeTogether(socket);
  send(socket);
  const [connection] = await accepted;
  let text = '';
  for await (const chunk of connection) text += chunk.toString();
  server.close();
  return text;
}

test('the parts of a packet that are written in one turn wait for each other', async () => {
  const text = await received((socket) => {
    socket.once('connect', () => {
      for (const part of ['length', 'content', 'tag']) socket.write(part);
      expect(socket.writableCorked).toBe(1);
      setImmediate(() => {
        expect(socket.writableCorked).toBe(0);
        socket.end();
      });
    });
  });
  expect(text).toBe('lengthcontenttag');
});

test('parts that are written before the connection exists, and before its end, arrive in order', async () => {
  const text = await received((socket) => {
    socket.write('a');
    socket.write('b');
    socket.once('connect', () => {
      socket.write('c');
      socket.end('d');
    });
  });
  expect(text).toBe('abcd');
});

test('the callback of a write is called', async () => {
  expect(await received((socket) => void socket.write('a', 'utf8', () => socket.end('b')))).toBe('ab');
});

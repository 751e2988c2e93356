import type { Socket } from 'node:net';

/**
 * Makes a socket send at once what is written in one turn of the event loop. ssh2 writes the length, the content and the tag
 * of each packet one by one, and each write would cost a system call and a TCP segment.
 * @param socket - that was told to connect, which resets its `write`
 */
export function writeTogether(socket: Socket): void {
  const write = socket.write.bind(socket) as (...data: unknown[]) => boolean;
  socket.write = (...data: unknown[]) => {
    if (socket.writableCorked === 0) {
      socket.cork();
      setImmediate(() => socket.uncork());
    }
    return write(...data);
  };
}

import { Connection } from '@temporalio/client';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { createCallRetries } from '../../../src/cli/temporal/call-retries.ts';
import { listen } from '../../support/ports.ts';

/** A Temporal that closes every connection. */
async function startClosingServer(): Promise<{ address: string; called: Promise<unknown>; stop(): void }> {
  const server = createServer((socket: Socket) => socket.destroy());
  const port = await listen(server);
  return { address: `127.0.0.1:${port}`, called: once(server, 'connection'), stop: () => server.close() };
}

// A retry that outlives its connection throws in a timer, which vitest reports as an unhandled error.
test('after retries are stopped, no call is retried, so the connection can be closed', async () => {
  const temporal = await startClosingServer();
  const retries = createCallRetries();
  const connection = Connection.lazy({ address: temporal.address, interceptors: retries.interceptors });
  const outcome = connection.workflowService.getSystemInfo({}).then(
    () => 'answered',
    (error: { code: number }) => error.code
  );
  await temporal.called;
  await retries.end();
  await connection.close();
  expect(await outcome).toBe(14);
  temporal.stop();
});

test('after retries are stopped, no call is retried, even if the event loop was blocked', async () => {
  const temporal = await startClosingServer();
  const blockFor = (ms: number): void => {
    for (const until = performance.now() + ms; performance.now() < until;);
  };
  for (const ms of [1, 100, 300]) {
    const retries = createCallRetries();
    const connection = Connection.lazy({ address: temporal.address, interceptors: retries.interceptors });
    const outcome = connection.workflowService.getSystemInfo({}).catch((error: { code: number }) => error.code);
    await new Promise((resolve) => setTimeout(resolve, 20)); // most likely during the pause between two attempts
    blockFor(ms);
    await retries.end();
    await connection.close();
    expect(await outcome).toBe(14);
  }
  temporal.stop();
});

import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';

/** gRPC channel option: local servers are never behind the proxy of the environment. */
export const NO_PROXY = { 'grpc.enable_http_proxy': 0 };

const ANSWER_LIMIT_MS = 10_000;

/** Whether a Temporal server answers GetSystemInfo at the address, within two seconds. */
export async function isReachable(address: string): Promise<boolean> {
  try {
    const connection = await Connection.connect({ address, connectTimeout: 2000, channelArgs: NO_PROXY });
    await connection.close();
    return true;
  } catch {
    return false;
  }
}

/** Sets how long closed runs are kept; the default of the dev server is one day. */
export async function setRetention(address: string, days: number): Promise<void> {
  const connection = await Connection.connect({ address, connectTimeout: ANSWER_LIMIT_MS, channelArgs: NO_PROXY });
  try {
    await connection.withDeadline(Date.now() + ANSWER_LIMIT_MS, () =>
      connection.workflowService.updateNamespace({
        namespace: 'default',
        config: { workflowExecutionRetentionTtl: msToTs(days * 24 * 60 * 60 * 1000) },
      })
    );
  } finally {
    await connection.close();
  }
}

/** The HTTP API of the embedded server, which answers only to a secret Host header. */
export interface HttpApi {
  port: number;
  host: string;
}

/**
 * Polls the HTTP API of a server until it answers. The gRPC port may belong to another server; the secret Host header
 * proves that this one is ours.
 */
export async function waitForHttpApi({ port, host }: HttpApi, signal: AbortSignal): Promise<void> {
  const path = '/api/v1/system-info';
  const agent = new Agent(); // a separate agent never uses a proxy
  for (;;) {
    signal.throwIfAborted();
    try {
      const asking = request({ host: '127.0.0.1', port, path, headers: { host }, agent, signal }).end();
      const [response] = (await once(asking, 'response')) as [IncomingMessage];
      response.resume();
      if (response.statusCode === 200) return;
    } catch {
      // not yet
    }
    await delay(25);
  }
}

import type { Client } from '@temporalio/client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { waitForWorker } from '../../../src/cli/runs/wait-for-worker.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const address = '127.0.0.1:7233';
const poller = (secondsAgo: number) => ({ lastAccessTime: { seconds: Math.floor(Date.now() / 1000) - secondsAgo } });

/** The printed text and the outcome when Temporal answers like this. */
async function waitFor(describeTaskQueue: () => Promise<object>, ms: number, signal?: AbortSignal) {
  const said: string[] = [];
  const withDeadline = async <T>(_deadline: number, call: () => Promise<T>): Promise<T> => call();
  const client = { workflowService: { describeTaskQueue }, options: { namespace: 'default' }, withDeadline };
  const say = (line: string): unknown => said.push(line);
  let found: string | null | undefined;
  const session = { client: client as unknown as Client, address };
  void waitForWorker(session, signal ? { say, signal } : { say }).then((value) => (found = value));
  await vi.advanceTimersByTimeAsync(ms);
  return { said, found };
}

test('a worker that polled within the last minute is found immediately', async () => {
  expect(await waitFor(async () => ({ pollers: [poller(60)] }), 10)).toEqual({ said: [], found: null });
});

test('a worker that starts during the wait is found', async () => {
  const begin = Date.now();
  const pollers = async () => ({ pollers: Date.now() - begin > 20_000 ? [poller(0)] : [poller(100)] });
  const { said, found } = await waitFor(pollers, 21_000);
  expect(said).toEqual([
    expect.stringMatching(/^no worker has polled for 10 s: waiting up to 60 s; start one on a machine /),
  ]);
  expect(found).toBeNull();
});

test('a missing worker is reported after a minute, and so is a Temporal that does not answer', async () => {
  const none = await waitFor(async () => ({ pollers: [] }), 61_000);
  expect(none.found).toMatch(/^no worker polls the task queue fleetmark at 127\.0\.0\.1:7233: start one on a machine /);
  const unavailable = Object.assign(new Error('14 UNAVAILABLE'), { code: 14, details: '', metadata: {} });
  const outcome = await waitFor(async () => Promise.reject(unavailable), 61_000);
  expect(outcome.said).toEqual([`the Temporal at ${address} has not answered for 10 s: waiting for it up to 60 s`]);
  expect(outcome.found).toBe(`the Temporal at ${address} does not answer`);
});

test('a signal ends the wait', async () => {
  const interrupted = AbortSignal.abort();
  expect((await waitFor(async () => ({ pollers: [] }), 500, interrupted)).found).toMatch(/^no worker polls/);
});

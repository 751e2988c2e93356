import type { Client, WorkflowHandle } from '@temporalio/client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchRun } from '../../../src/cli/runs/watch-run.ts';
import type { Refusal } from '../../../src/cli/terminal/refusal.ts';
import { fakeTerminal } from '../terminal.ts';

const never = async (): Promise<never> => new Promise(() => undefined);

const withDeadline = async <T>(_deadline: number, call: () => Promise<T>): Promise<T> => call();

const unanswered = async (): Promise<never> =>
  new Promise((_, reject) => setTimeout(() => reject(new Error('no answer')), 10_000));

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A run that is being cancelled and never ends; its queries get no answer. */
function watchStuck(
  pollers: () => object[] = () => [],
  how: { isCancelled?: boolean; isCheck?: boolean } = { isCancelled: true }
) {
  const handle = { workflowId: 'fleet-1', result: never, query: unanswered, cancel: async () => undefined };
  const workflowService = { describeTaskQueue: async () => ({ pollers: pollers() }) };
  const client = { workflowService, options: { namespace: 'default' }, withDeadline } as unknown as Client;
  let lose = (_why: string): void => undefined;
  const lost = new Promise<string>((resolve) => (lose = resolve));
  const session = { client, address: '127.0.0.1:7233', lost };
  const terminal = fakeTerminal({});
  const started = Promise.resolve(handle as unknown as WorkflowHandle);
  const ended = watchRun(started, session, terminal, how).then(
    () => null,
    (error: unknown) => error as Refusal
  );
  const stop = async (): Promise<Refusal | null> => {
    process.emit('SIGINT', 'SIGINT');
    return ended;
  };
  return { terminal, stop, lose, ended };
}

test('for a run that is already being cancelled, the first Ctrl-C leaves', async () => {
  const { stop } = watchStuck();
  await vi.advanceTimersByTimeAsync(1_000);
  const refusal = await stop();
  expect(refusal?.exitCode).toBe(130);
  expect(refusal?.message).toBe('fleet-1 is still being cancelled; wait for its end: fleetmark cancel fleet-1');
});

test('for a cancelled run that does not end, the message says how to terminate it', async () => {
  const { terminal, stop } = watchStuck();
  await vi.advanceTimersByTimeAsync(29_000);
  expect(terminal.written('stderr')).not.toContain('terminate');
  await vi.advanceTimersByTimeAsync(2_000);
  expect(terminal.written('stderr')).toContain('fleetmark temporal workflow terminate --workflow-id fleet-1\n');
  await stop();
});

test('the message of Ctrl-C for a check mentions no load', async () => {
  const runs = [watchStuck(undefined, { isCheck: true }), watchStuck(undefined, {})];
  await vi.advanceTimersByTimeAsync(1_000);
  process.emit('SIGINT', 'SIGINT');
  expect(runs.map(({ terminal }) => terminal.written('stderr'))).toEqual([
    'Ending the check. Press Ctrl-C again to leave at once.\n',
    'Stopping the load on the servers. Press Ctrl-C again to leave at once.\n',
  ]);
  for (const { lose } of runs) lose('the Temporal is gone');
  for (const { ended } of runs) expect((await ended)?.exitCode).toBe(130);
});

test('missing answers are reported as a missing worker only if no worker polls', async () => {
  const without = watchStuck();
  await vi.advanceTimersByTimeAsync(20_000);
  expect(
    without.terminal.written('stderr').match(/^no worker has polled for 1\d s: waiting; start one/gm)
  ).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(100_000);
  expect(without.terminal.written('stderr').match(/no worker has polled/g)).toHaveLength(4);
  await without.stop();

  const busy = watchStuck(() => [{ lastAccessTime: { seconds: Math.floor(Date.now() / 1000) } }]);
  await vi.advanceTimersByTimeAsync(59_000);
  expect(busy.terminal.written('stderr')).not.toContain('polled');
  await vi.advanceTimersByTimeAsync(3_000);
  expect(busy.terminal.written('stderr')).toMatch(
    /^the worker is connected, but has not answered for 6\d s: still waiting for it$/m
  );
  await busy.stop();
});

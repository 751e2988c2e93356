import { MockActivityEnvironment } from '@temporalio/testing';
import { ActivityCancellationDetails } from '@temporalio/common';
import type { Client } from '@temporalio/client';
import { DefaultLogger } from '@temporalio/worker';
import { expect, test } from 'vitest';
import { createActivities } from '../../src/activities/index.ts';
import type { ActionSettings } from '../../src/domain/actions/action.ts';
import type { PerformRequest } from '../../src/domain/actions/calls.ts';
import type { CallAttempt } from '../../src/domain/actions/runner.ts';
import type { Results } from '../../src/domain/records/records.ts';
import { sampleServer } from '../store/sample-records.ts';
import { configurationOf } from '../support/configuration.ts';
import { deferred } from '../support/deferred.ts';
import { scriptedSsh } from '../support/scripted-ssh.ts';

const drain: ActionSettings = {
  ...{ name: 'drain', verdicts: ['fail'], onRecovery: true, per: 'server', asServersEnd: false, dryRun: false },
  ...{ limit: null, does: { kind: 'command', command: ['drain'], undo: null, timeoutMs: 1_000 } },
};
const request: PerformRequest = {
  ...{ action: 'drain', failed: ['web-1'], recovered: [], isCommand: true, timeoutMs: 1_000 },
  ...{ run: 'run-1', temporalRunId: 'id-1' },
};

interface Made {
  signal: AbortSignal;
  end: (attempt: CallAttempt) => void;
}

/** A worker, and the calls that it makes: each ends when the test says so, or when it is killed. */
function startWorker() {
  const made: Made[] = [];
  const run = {
    run: 'run-1',
    temporalRunId: 'id-1',
    startedAt: '2026-11-29T02:00:00.000Z',
    note: null,
    schedule: null,
  };
  const results: Partial<Results> = {
    readCalled: async () => ({ run, claimedAt: '2026-11-29T02:01:00.000Z', rows: [sampleServer('web-1', 5_000).row] }),
  };
  const { performAction } = createActivities({
    configuration: async () => configurationOf({ servers: ['web-1'], actions: [drain] }),
    ...{ ssh: scriptedSsh(() => ''), results: results as Results },
    actions: {
      check: async () => undefined,
      call: (_action, _message, signal) =>
        new Promise((end) => {
          signal.addEventListener('abort', () => end({ failed: 'was cancelled', isRetried: false, isUnknown: true }));
          made.push({ signal, end });
        }),
    },
  });
  return { made, performAction };
}

/** Failures of calls are logged as warnings. */
const logger = new DefaultLogger('ERROR');

type Described = { closeTime?: Date; raw: object };

/** A fake: the real one only asks Temporal. */
function clientOf(describe: () => Promise<Described>): Client {
  const client = {
    withAbortSignal: (_signal: AbortSignal, use: () => Promise<void>) => use(),
    workflow: { getHandle: () => ({ describe }) },
  };
  return client as unknown as Client;
}

/** An attempt of a workflow that is running, or closed. */
function environmentOf(heartbeatDetails: unknown, isClosed = false) {
  const client = clientOf(async () => ({ ...(isClosed && { closeTime: new Date() }), raw: {} }));
  return new MockActivityEnvironment({ heartbeatDetails }, { client, logger });
}

const replaced = new ActivityCancellationDetails({ notFound: true });

test('a command that Temporal believes to be lost goes on, and the next attempt gets its end', async () => {
  const { made, performAction } = startWorker();
  const first = environmentOf(undefined);
  const over = first.run(performAction, request);
  await expect.poll(() => made.length).toBe(1);
  first.cancel('NOT_FOUND', replaced);
  await expect(over).rejects.toThrow('NOT_FOUND');
  const second = environmentOf(undefined).run(performAction, request);
  made[0]!.end({ done: 'drained' });
  expect(await second).toBe('drained');
  // Its answer got lost, too.
  expect(await environmentOf(undefined).run(performAction, request)).toBe('drained');
  expect(made).toHaveLength(1);
});

test.each([
  ['was cancelled', new ActivityCancellationDetails({ cancelRequested: true }), false],
  ['has ended', replaced, true],
  ['has lost its worker', new ActivityCancellationDetails({ workerShutdown: true }), false],
])('a command of a run that %s is killed, and a new attempt does not get that end', async (_what, why, isClosed) => {
  const { made, performAction } = startWorker();
  const first = environmentOf(undefined, isClosed);
  const over = first.run(performAction, request);
  await expect.poll(() => made.length).toBe(1);
  first.cancel('CANCELLED', why);
  await expect(over).rejects.toMatchObject({ type: 'ActionUnknown' });
  expect(made[0]!.signal.aborted).toBe(true);
  void environmentOf(undefined).run(performAction, request);
  await expect.poll(() => made.length).toBe(2);
  made[1]!.end({ done: null });
});

test('a command that fails runs three times, and only failures count', async () => {
  const { made, performAction } = startWorker();
  let details: unknown;
  const outcomes: unknown[] = [];
  for (const attempt of [1, 2, 3, 4, 5]) {
    const environment = environmentOf(details);
    environment.on('heartbeat', (each: unknown) => (details = each));
    const over = environment.run(performAction, request).catch((error: unknown) => error);
    await expect.poll(() => made.length).toBe(attempt);
    const isStopped = attempt < 3;
    if (isStopped) environment.cancel('WORKER_SHUTDOWN', new ActivityCancellationDetails({ workerShutdown: true }));
    else made.at(-1)!.end({ failed: 'failed with status 3', isRetried: true });
    const { message, nonRetryable } = (await over) as { message: string; nonRetryable: boolean };
    outcomes.push(`${message}, ${nonRetryable ? 'the end' : 'again'}`);
  }
  const again = 'failed with status 3, again';
  expect(outcomes).toEqual([
    'was cancelled, again',
    'was cancelled, again',
    again,
    again,
    'failed with status 3, the end',
  ]);
});

test('the end of a command waits for a Temporal that is away', async () => {
  const { made, performAction } = startWorker();
  const [asked, back] = [deferred(), deferred()];
  let isAway = true;
  const away = Object.assign(new Error('14 UNAVAILABLE'), { code: 14 });
  const describe = async () => {
    asked.resolve();
    if (isAway) throw Object.assign(new Error('describe'), { cause: away });
    back.resolve();
    return { raw: {} };
  };
  const client = clientOf(describe);
  let isOver = false;
  const over = new MockActivityEnvironment({}, { client, logger }).run(performAction, request).then((said) => {
    isOver = true;
    return said;
  });
  await expect.poll(() => made.length).toBe(1);
  made[0]!.end({ done: 'drained' });
  await asked.promise;
  expect(isOver).toBe(false);
  isAway = false;
  await back.promise;
  expect(await over).toBe('drained');
});

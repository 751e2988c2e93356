import { ServiceError, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure, WorkflowNotFoundError } from '@temporalio/common';
import { describe, expect, test } from 'vitest';
import { exitCodeFor } from '../../../src/cli/terminal/exit-code.ts';
import { emptySnapshot, followRun } from '../../../src/cli/runs/follow-run.ts';
import type { Refusal } from '../../../src/cli/terminal/refusal.ts';
import { unmeasuredRow } from '../../../src/domain/verdicts/server-row.ts';
import { exampleReport } from '../../reports/example-report.ts';

interface Run {
  result: () => Promise<unknown>;
  memo?: Record<string, unknown>;
  lost?: Promise<string>;
}

async function follow({ result, memo, lost = new Promise(() => undefined) }: Run) {
  const description = {
    workflowId: 'fleet-1',
    runId: '0190',
    startTime: new Date(0),
    closeTime: new Date(5_000),
    memo,
  };
  const handle = {
    workflowId: 'fleet-1',
    ...{ result, describe: async () => description, query: async () => Promise.reject(new Error('no worker')) },
  };
  const follower = { show: () => undefined, answered: () => undefined, lost };
  return followRun(handle as unknown as WorkflowHandle, emptySnapshot(), follower);
}

function failed(cause: Error): () => Promise<never> {
  return async () => Promise.reject(new WorkflowFailedError('failed', cause, 'NON_RETRYABLE_FAILURE'));
}

async function refusalOf(run: Run): Promise<Refusal> {
  return follow(run).then(
    () => Promise.reject(new Error('it was no refusal')),
    (error: unknown) => error as Refusal
  );
}

test('a run that ends returns a report', async () => {
  expect(await follow({ result: async () => exampleReport })).toEqual(exampleReport);
});

describe('a run that was cancelled', () => {
  const result = failed(new CancelledFailure('cancelled'));

  test('has a partial report in its memo', async () => {
    const memo = { report: exampleReport };
    expect(await follow({ result, memo })).toEqual(exampleReport);
  });

  test('may have no report yet', async () => {
    const { message, exitCode } = await refusalOf({ result });
    expect(message).toBe('fleet-1 was cancelled before it knew its servers');
    expect(exitCode).toBe(3);
  });
});

test('a run that Temporal no longer knows is not an internal error', async () => {
  const result = async () => Promise.reject(new WorkflowNotFoundError('sql: no rows', 'fleet-1', undefined));
  const { message, exitCode } = await refusalOf({ result });
  expect(message).toMatch(
    /^Temporal no longer knows the run fleet-1: its database was deleted or replaced\n.*fleetmark run$/
  );
  expect(exitCode).toBe(3);
});

describe('a run that fails', () => {
  test.each([
    ['InvalidInput', 2],
    ['UnknownServer', 2],
    ['InvalidConfig', 2],
    ['ConnectionLost', 3],
  ])('with %s exits with %i and gives advice', async (type, code) => {
    const { message, exitCode } = await refusalOf({ result: failed(ApplicationFailure.nonRetryable('why', type)) });
    expect(message).toMatch(/^why\n./);
    expect(exitCode).toBe(code);
  });

  test.each([ApplicationFailure.nonRetryable('why', 'TypeError'), new Error('why')])(
    'with another error shows its message: %s',
    async (cause) => {
      const { message, exitCode } = await refusalOf({ result: failed(cause) });
      expect(message).toBe('fleet-1 ended without a report: why');
      expect(exitCode).toBe(3);
    }
  );

  test('cannot move the cursor with its message', async () => {
    const { message } = await refusalOf({ result: failed(new Error('why \u001b[2J\nfleetmark: all is well')) });
    expect(message).toBe('fleet-1 ended without a report: why [2J fleetmark: all is well');
  });

  test('to return a report is not a success', async () => {
    for (const value of [null, undefined, 'done', 7, {}, { serverId: 'web-1' }]) {
      expect((await refusalOf({ result: async () => value })).exitCode).toBe(3);
    }
  });
});

describe('a single benchmarkServer has a report with one row', () => {
  const codeOf = async (run: Run): Promise<number> => exitCodeFor(await follow(run), { measureOnly: false });

  test('if it passed', async () => {
    const row = unmeasuredRow('web-1', 'pass', null);
    const report = await follow({ result: async () => row });
    expect(report).toMatchObject({ run: 'fleet-1', requested: 1, seconds: 5, servers: [row], failed: [] });
    expect(exitCodeFor(report, { measureOnly: false })).toBe(0);
  });

  test('if it fell short', async () => {
    const details = [unmeasuredRow('web-1', 'fail', null, 'slow')];
    const cause = ApplicationFailure.create({ type: 'PerformanceBelowExpected', message: 'slow', details });
    expect(await codeOf({ result: failed(cause) })).toBe(1);
  });
});

test('an embedded Temporal that has ended ends the wait', async () => {
  const result = async (): Promise<never> => new Promise(() => undefined);
  const lost = Promise.resolve('the Temporal at 127.0.0.1:7233 ended');
  const { message, exitCode } = await refusalOf({ result, lost });
  expect(message).toBe(
    'the Temporal at 127.0.0.1:7233 ended before the run fleet-1 ended\nResume it: fleetmark run --resume'
  );
  expect(exitCode).toBe(3);
});

test('a Temporal that is temporarily unavailable is waited for', async () => {
  let calls = 0;
  const result = async (): Promise<unknown> => {
    calls += 1;
    if (calls > 1) return exampleReport;
    const cause = Object.assign(new Error('14 UNAVAILABLE'), { code: 14, details: '', metadata: {} });
    throw new ServiceError('Unavailable', { cause });
  };
  expect(await follow({ result })).toEqual(exampleReport);
});

import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { expect, test } from 'vitest';
import { toApplicationFailure } from '../../src/activities/activity-failure.ts';
import { advice, Failure, type FailureKind } from '../../src/domain/failures/failure.ts';

async function thrownFor(error: unknown): Promise<unknown> {
  const activity = toApplicationFailure((): Promise<never> => {
    throw error;
  });
  return activity().catch((reason: unknown) => reason);
}

test('every failure kind becomes a failure of that type that is never retried', async () => {
  for (const kind of Object.keys(advice) as FailureKind[]) {
    const failure = await thrownFor(new Failure(kind, 'what: why'));
    expect(failure).toBeInstanceOf(ApplicationFailure);
    expect(failure).toMatchObject({ type: kind, message: 'what: why', nonRetryable: true, category: 'BENIGN' });
  }
});

test('a bug keeps its name, message and stack', async () => {
  const fault = new TypeError('x is undefined');
  expect(await thrownFor(fault)).toMatchObject({ type: 'TypeError', message: 'x is undefined', stack: fault.stack });
});

test('any other thrown value becomes a failure that can be serialised', async () => {
  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  for (const value of ['text', undefined, null, 5, 1n, circle, () => 1, Symbol('odd'), Object.create(null)]) {
    const failure = (await thrownFor(value)) as ApplicationFailure;
    expect(failure).toBeInstanceOf(ApplicationFailure);
    expect(failure.details ?? []).toEqual([]);
    expect(() => JSON.stringify(failure.message)).not.toThrow();
  }
});

test('details that cannot be serialised are dropped', async () => {
  const failure = await thrownFor(ApplicationFailure.create({ type: 'Odd', message: 'odd', details: [1n] }));
  expect(failure).toMatchObject({ type: 'Odd', message: 'odd' });
  expect((failure as ApplicationFailure).details ?? []).toEqual([]);
});

test('the text of a server in a message cannot move the cursor, and is truncated', async () => {
  const failure = (await thrownFor(new Failure('HostUnsuitable', `\u001b[2J${'x'.repeat(5000)}`))) as Error;
  expect(failure.message).not.toContain('\u001b');
  expect(failure.message.length).toBeLessThanOrEqual(1000);
});

test('a cancellation stays a cancellation', async () => {
  const cancelled = new CancelledFailure('CANCELLED');
  expect(await thrownFor(cancelled)).toBe(cancelled);
});

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Failure } from '../../../src/domain/failures/failure.ts';
import { retryUnreachable, type Waiting } from '../../../src/ssh/connections/retry.ts';
import { silent } from '../../support/silent.ts';

const signal = new AbortController().signal;
const refused = (): Promise<string> =>
  Promise.reject(new Failure('ServerUnreachable', 'cannot connect to web-7:22: connection refused'));

describe('an unreachable server', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('is retried with growing delays until the timeout, and the message counts the attempts', async () => {
    const attempt = vi.fn(refused);
    const result = retryUnreachable(attempt, { giveUpAfterMs: 60_000, log: silent, signal }).catch(
      (error: unknown) => error
    );
    await vi.advanceTimersByTimeAsync(60_000);
    const failure = await result;
    expect(failure).toMatchObject({
      kind: 'ServerUnreachable',
      message: expect.stringMatching(/^cannot connect to web-7:22: connection refused \(\d+ attempts in \d+\.\d s\)$/),
    });
    // Delays of 1, 2, 4, 8, 15, ... s, each reduced by up to a half.
    expect(attempt.mock.calls.length).toBeGreaterThanOrEqual(6);
    expect(attempt.mock.calls.length).toBeLessThanOrEqual(11);
  });

  test('that becomes reachable again is not a failure', async () => {
    const attempt = vi.fn(refused).mockImplementation(async () => 'connected');
    attempt.mockImplementationOnce(refused);
    const result = retryUnreachable(attempt, { giveUpAfterMs: 60_000, log: silent, signal });
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await result).toBe('connected');
  });

  test('is tried once if the timeout is zero', async () => {
    await expect(retryUnreachable(refused, { giveUpAfterMs: 0, log: silent, signal })).rejects.toThrow(
      /\(1 attempt\)$/
    );
  });

  test('gets its full timeout, even after a long wait for a slot', async () => {
    const attempt = vi.fn(async (waiting: Waiting): Promise<string> => {
      await waiting(new Promise((resolve) => setTimeout(resolve, 120_000)));
      return attempt.mock.calls.length < 3 ? refused() : 'connected';
    });
    const result = retryUnreachable(attempt, { giveUpAfterMs: 10_000, log: silent, signal });
    await vi.advanceTimersByTimeAsync(370_000);
    expect(await result).toBe('connected');
  });

  test('is not retried again after a nested retry has given up', async () => {
    const given = { giveUpAfterMs: 0, log: silent, signal };
    const attempt = vi.fn(() => retryUnreachable(refused, given));
    await expect(retryUnreachable(attempt, { ...given, giveUpAfterMs: 60_000 })).rejects.toThrow(/\(1 attempt\)$/);
    expect(attempt).toHaveBeenCalledTimes(1);
  });

  test('is abandoned at once when the caller aborts', async () => {
    const abort = new AbortController();
    const result = retryUnreachable(refused, { giveUpAfterMs: 60_000, log: silent, signal: abort.signal });
    const rejected = expect(result).rejects.toThrow('cancelled');
    await vi.advanceTimersByTimeAsync(100);
    abort.abort(new Error('cancelled'));
    await rejected;
  });
});

test.each(['AuthenticationFailed', 'HostKeyMismatch', 'HostKeyUnknown', 'InvalidConfig'] as const)(
  '%s is never retried',
  async (kind) => {
    const attempt = vi.fn(() => Promise.reject(new Failure(kind, 'no')));
    await expect(retryUnreachable(attempt, { giveUpAfterMs: 60_000, log: silent, signal })).rejects.toMatchObject({
      kind,
    });
    expect(attempt).toHaveBeenCalledTimes(1);
  }
);

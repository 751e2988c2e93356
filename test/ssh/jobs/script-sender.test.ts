import { describe, expect, test } from 'vitest';
import { Failure, type FailureKind } from '../../../src/domain/failures/failure.ts';
import { retryLostConnection } from '../../../src/ssh/jobs/script-sender.ts';
import { silent } from '../../support/silent.ts';

const given = { timeoutMs: 5000, isKnown: false, log: silent, signal: new AbortController().signal };

/** Fails with these errors in sequence, and then answers. */
function failing(...kinds: FailureKind[]) {
  let attempts = 0;
  return async () => {
    const kind = kinds[attempts++];
    if (kind) throw new Failure(kind, `${kind} ${attempts}`);
    return attempts;
  };
}

describe('a lost connection', () => {
  test('is retried, even while the server is unreachable', async () => {
    expect(await retryLostConnection(failing('ConnectionLost', 'ServerUnreachable', 'ConnectionLost'), given)).toBe(4);
  });

  test('is not retried for a server that was never reached, since connecting has retried already', async () => {
    await expect(retryLostConnection(failing('ServerUnreachable'), given)).rejects.toMatchObject({
      kind: 'ServerUnreachable',
    });
    expect(await retryLostConnection(failing('ServerUnreachable'), { ...given, isKnown: true })).toBe(2);
  });

  test('is the only failure that is retried', async () => {
    await expect(retryLostConnection(failing('ConnectionLost', 'HostKeyMismatch'), given)).rejects.toMatchObject({
      kind: 'HostKeyMismatch',
    });
  });

  test('fails with the last failure after the timeout', async () => {
    const attempt = failing('ConnectionLost', 'ServerUnreachable');
    await expect(retryLostConnection(attempt, { ...given, timeoutMs: 0 })).rejects.toThrow('ConnectionLost 1');
  });

  test('fails with the reason of an aborted signal', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const attempt = async () => {
      controller.abort(reason);
      throw new Failure('ConnectionLost', 'x');
    };
    await expect(retryLostConnection(attempt, { ...given, signal: controller.signal })).rejects.toBe(reason);
  });
});

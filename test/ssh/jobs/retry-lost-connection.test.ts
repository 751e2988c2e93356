import { describe, expect, test } from 'vitest';
import { Failure } from '../../../src/domain/failures/failure.ts';
import type { FailureKind } from '../../../src/domain/failures/failure.ts';
import { withPatience } from '../../../src/ssh/jobs/retry-lost-connection.ts';
import { silent } from '../access.ts';

const given = { patienceMs: 5000, reached: false, log: silent, signal: new AbortController().signal };

/** Fails in these ways, one after the other, and then answers. */
function failing(...kinds: FailureKind[]) {
  let attempts = 0;
  return async () => {
    const kind = kinds[attempts++];
    if (kind) throw new Failure(kind, `${kind} ${attempts}`);
    return attempts;
  };
}

describe('patience', () => {
  test('repeats what a lost connection cut off, also while the server is away', async () => {
    expect(await withPatience(failing('ConnectionLost', 'ServerUnreachable', 'ConnectionLost'), given)).toBe(4);
  });

  test('has none with a server that was never reached, which the connection has tried for long enough', async () => {
    await expect(withPatience(failing('ServerUnreachable'), given)).rejects.toMatchObject({
      kind: 'ServerUnreachable',
    });
    expect(await withPatience(failing('ServerUnreachable'), { ...given, reached: true })).toBe(2);
  });

  test('has none with any other failure', async () => {
    await expect(withPatience(failing('ConnectionLost', 'HostKeyMismatch'), given)).rejects.toMatchObject({
      kind: 'HostKeyMismatch',
    });
  });

  test('ends with the last failure', async () => {
    const attempt = failing('ConnectionLost', 'ServerUnreachable');
    await expect(withPatience(attempt, { ...given, patienceMs: 0 })).rejects.toThrow('ConnectionLost 1');
  });

  test('ends with the reason of an aborted signal', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const attempt = async () => {
      controller.abort(reason);
      throw new Failure('ConnectionLost', 'x');
    };
    await expect(withPatience(attempt, { ...given, signal: controller.signal })).rejects.toBe(reason);
  });
});

import { expect, test } from 'vitest';
import { Failure, type FailureKind } from '../../../src/domain/failures/failure.ts';
import { connectUntilPinnedKey } from '../../../src/ssh/host-keys/host-key-verifier.ts';

/** The outcome of attempts that fail with these errors; `left`: the algorithms that remain after each. */
async function outcome(...attempts: { fails: FailureKind; left: number }[]): Promise<string> {
  const hostKey: { algorithms: never[] } = { algorithms: Array<never>(6) };
  let tried = 0;
  const connect = async (): Promise<string> => {
    const attempt = attempts[tried++];
    if (attempt === undefined) return 'connected';
    hostKey.algorithms = Array<never>(attempt.left);
    throw new Failure(attempt.fails, `${tried}`);
  };
  return connectUntilPinnedKey(hostKey, connect).catch((error: Failure) => `${error.kind} ${error.message}`);
}

test('a server is asked for keys of other types than those it has presented', async () => {
  expect(await outcome()).toBe('connected');
  expect(await outcome({ fails: 'HostKeyMismatch', left: 5 }, { fails: 'HostKeyMismatch', left: 2 })).toBe('connected');
});

test('a server without another key is reported with the key it presented first', async () => {
  const first = { fails: 'HostKeyMismatch', left: 5 } as const;
  expect(await outcome(first, { fails: 'HostUnsuitable', left: 5 })).toBe('HostKeyMismatch 1');
  expect(await outcome(first, { fails: 'HostKeyMismatch', left: 0 })).toBe('HostKeyMismatch 1');
});

test('connecting stops if no other key type is left to request, or after any other failure', async () => {
  expect(await outcome({ fails: 'HostKeyMismatch', left: 6 })).toBe('HostKeyMismatch 1');
  expect(await outcome({ fails: 'HostUnsuitable', left: 6 })).toBe('HostUnsuitable 1');
  const lost = { fails: 'ServerUnreachable', left: 5 } as const;
  expect(await outcome({ fails: 'HostKeyMismatch', left: 5 }, lost)).toBe('ServerUnreachable 2');
});

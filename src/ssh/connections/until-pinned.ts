import { Failure } from '../../domain/failures/failure.ts';
import type { HostKeyCheck } from '../host-keys/verify-host-key.ts';

/**
 * A server shows one of its host keys, and the one that is pinned may be another: connects until it has shown that, or
 * has no key of another type. @throws Failure of the first key that it has shown
 */
export async function untilPinned<Connected>(
  hostKey: Pick<HostKeyCheck, 'algorithms'>,
  connect: () => Promise<Connected>
): Promise<Connected> {
  let mismatch: Failure | null = null;
  for (;;) {
    const offered = hostKey.algorithms.length;
    try {
      return await connect();
    } catch (error) {
      const kind = error instanceof Failure ? error.kind : null;
      if (kind !== 'HostKeyMismatch' && (kind !== 'HostUnsuitable' || mismatch === null)) throw error;
      mismatch ??= error as Failure;
      const left = hostKey.algorithms.length;
      if (left === 0 || left === offered) throw mismatch;
    }
  }
}

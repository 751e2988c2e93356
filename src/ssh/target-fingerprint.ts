import { createHash } from 'node:crypto';
import type { Hop } from '../domain/server.ts';

/** Half of SHA-256 is far more than it takes to tell the servers of a fleet apart. */
const halfDigits = 32;

type Place = Pick<Hop, 'host' | 'port' | 'user'>;

/**
 * Which server a connection leads to, in 64 hexadecimal digits: the first half is over host, port and user, so that it
 * can be compared before connecting, the second over those and the host key.
 */
export function targetFingerprint(place: Place, hostKey: string): string {
  return halfOver(place, []) + halfOver(place, [hostKey]);
}

function halfOver({ host, port, user }: Place, more: string[]): string {
  const text = JSON.stringify([host, port, user, ...more]);
  return createHash('sha256').update(text).digest('hex').slice(0, halfDigits);
}

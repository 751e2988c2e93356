import { createHash } from 'node:crypto';
import { formatEndpoint } from '../../domain/servers/endpoint.ts';
import { Failure } from '../../domain/failures/failure.ts';
import type { Hop } from '../../domain/servers/server.ts';

/** Half of SHA-256 is far more than it takes to tell the servers of a fleet apart. */
const HALF_DIGITS = 32;

type Place = Pick<Hop, 'host' | 'port' | 'user'>;

/**
 * Which server a connection leads to, in 64 hexadecimal digits: the first half is over host, port and user, so that it
 * can be compared before connecting, the second over those and the host key.
 */
export function targetFingerprint(place: Place, hostKey: string): string {
  return halfOver(place, []) + halfOver(place, [hostKey]);
}

/** Before connecting. @throws Failure TargetChanged where host, port or user are not those of the target */
export function checkPlace(place: Place, target: string): void {
  if (halfOver(place, []) === target.slice(0, HALF_DIGITS)) return;
  throw new Failure(
    'TargetChanged',
    `the inventory of this worker leads to ${formatEndpoint(place)}, not to where the run began`
  );
}

/** Once connected. @throws Failure TargetChanged where the host key is not that of the target */
export function checkTarget(place: Place, hostKey: string, target: string): void {
  if (targetFingerprint(place, hostKey) === target) return;
  throw new Failure(
    'TargetChanged',
    `${formatEndpoint({ host: place.host, port: place.port })} shows the host key ${hostKey} to this worker, not the one that it showed when the run began`
  );
}

function halfOver({ host, port, user }: Place, more: string[]): string {
  const text = JSON.stringify([host, port, user, ...more]);
  return createHash('sha256').update(text).digest('hex').slice(0, HALF_DIGITS);
}

import { createHash } from 'node:crypto';
import { formatEndpoint } from '../../domain/servers/endpoint.ts';
import { Failure } from '../../domain/failures/failure.ts';
import type { Hop } from '../../domain/servers/server.ts';

/** Half of a SHA-256 digest is enough to distinguish the servers of a fleet. */
const HALF_DIGITS = 32;

type Endpoint = Pick<Hop, 'host' | 'port' | 'user'>;

/**
 * Identifies the server of a run in 64 hexadecimal digits: the first half covers host, port and user, so that it can be
 * verified before connecting; the second half also covers the host key.
 */
export function targetFingerprint(endpoint: Endpoint, hostKey: string): string {
  return halfOf(endpoint, []) + halfOf(endpoint, [hostKey]);
}

/** Call it before connecting. @throws Failure TargetChanged if host, port or user differ from those of the target */
export function verifyTargetEndpoint(endpoint: Endpoint, target: string | undefined): void {
  if (target === undefined || halfOf(endpoint, []) === target.slice(0, HALF_DIGITS)) return;
  throw new Failure(
    'TargetChanged',
    `the inventory of this worker leads to ${formatEndpoint(endpoint)}, but the run began on another server`
  );
}

/** Call it once connected. @throws Failure TargetChanged if the host key differs from that of the target */
export function verifyTargetHostKey(endpoint: Endpoint, hostKey: string, target: string | undefined): void {
  if (target === undefined || targetFingerprint(endpoint, hostKey) === target) return;
  const server = formatEndpoint({ host: endpoint.host, port: endpoint.port });
  throw new Failure(
    'TargetChanged',
    `${server} presents the host key ${hostKey}, but presented another one when the run began`
  );
}

function halfOf({ host, port, user }: Endpoint, more: string[]): string {
  const text = JSON.stringify([host, port, user, ...more]);
  return createHash('sha256').update(text).digest('hex').slice(0, HALF_DIGITS);
}

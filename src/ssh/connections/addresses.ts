import { isIP } from 'node:net';
import type { LookupAddress } from 'node:dns';
import { blockingCalls, MAX_LOOKUPS } from '../../blocking/blocking-calls.ts';
import { Failure } from '../../domain/failures/failure.ts';
import { firstOf } from '../../waiting/first-of.ts';
import type { Waiting } from './retry.ts';
import { Slots } from '../../waiting/slots.ts';

/** The resolver asks each name server twice for 5 s, and there may be three (resolv.conf(5)). */
const TIMEOUT_MS = 30_000;

/** For the whole process: a look-up that hangs keeps its slot until the resolver gives up. */
const slots = new Slots(MAX_LOOKUPS);

/**
 * The addresses of a host, in the order in which to try them. Waiting for a slot counts against no server.
 * @param where for messages: `web-7:22`
 * @throws Failure ServerUnreachable
 */
export async function addressesOf(
  host: string,
  { where, signal, waiting }: { where: string; signal: AbortSignal; waiting: Waiting }
): Promise<LookupAddress[]> {
  const family = isIP(host);
  if (family !== 0) return [{ address: host, family }];
  await waiting(slots.take(signal));
  const start = performance.now();
  const answer = blockingCalls.lookup(host);
  const release = () => slots.release();
  answer.then(release, release);
  const found = await firstOf([answer], { ms: TIMEOUT_MS, signal }).catch((error: NodeJS.ErrnoException) => error);
  if (Array.isArray(found)) return found;
  if (found === 'aborted') throw signal.reason;
  if (found instanceof Failure) throw found;
  const ms = performance.now() - start;
  const why = found === 'timeout' ? noAnswer(host, ms) : whyNotFound(host, found, ms);
  throw new Failure('ServerUnreachable', `cannot connect to ${where}: ${why}`, { cause: found });
}

function whyNotFound(host: string, { code, message }: NodeJS.ErrnoException, ms: number): string {
  if (code === 'ENOTFOUND') return `host name ${host} not found`;
  if (code !== 'EAI_AGAIN') return `the look-up of ${host} failed: ${message}`;
  return ms < 1000 ? `DNS cannot answer for ${host} at the moment` : noAnswer(host, ms);
}

function noAnswer(host: string, ms: number): string {
  return `DNS did not answer within ${(ms / 1000).toFixed(0)} s for ${host}`;
}

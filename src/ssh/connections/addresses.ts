import { isIP } from 'node:net';
import type { LookupAddress } from 'node:dns';
import { blockingCalls, MAX_LOOKUPS } from '../../blocking/blocking-calls.ts';
import { Failure } from '../../domain/failures/failure.ts';
import { firstOf } from '../../waiting/first-of.ts';
import type { Waiting } from './retry.ts';
import { Slots } from '../../waiting/slots.ts';

/** The resolver asks each name server twice for 5 s, and there may be three (resolv.conf(5)). */
const TIMEOUT_MS = 30_000;

/** Of the whole process: a look-up that hangs holds its slot until the system gives it up. */
const slots = new Slots(MAX_LOOKUPS);

interface LookupManner {
  /** For messages: `web-7:22`. */
  where: string;
  signal: AbortSignal;
  waiting: Waiting;
  lookup?: (host: string) => Promise<LookupAddress[]>;
  ms?: number;
}

/**
 * The addresses of a host, in the order in which they are to be tried. The wait for a slot counts against no server.
 * @throws Failure ServerUnreachable
 */
export async function addressesOf(
  host: string,
  { where, signal, waiting, lookup = (name) => blockingCalls.lookup(name), ms = TIMEOUT_MS }: LookupManner
): Promise<LookupAddress[]> {
  const family = isIP(host);
  if (family !== 0) return [{ address: host, family }];
  await waiting(slots.take(signal));
  const start = performance.now();
  const answer = lookup(host);
  const release = () => slots.release();
  answer.then(release, release);
  const unreachable = (why: string, cause?: unknown) =>
    new Failure('ServerUnreachable', `cannot connect to ${where}: ${why}`, { cause });
  try {
    const found = await firstOf([answer], { ms, signal });
    if (found === 'aborted') throw signal.reason;
    if (found === 'timeout') throw unreachable(`the DNS did not answer within ${ms / 1000} s for ${host}`);
    return found;
  } catch (error) {
    if (error instanceof Failure || signal.aborted) throw error;
    throw unreachable(whyNotFound(host, error as NodeJS.ErrnoException, performance.now() - start), error);
  }
}

function whyNotFound(host: string, { code, message }: NodeJS.ErrnoException, ms: number): string {
  if (code === 'ENOTFOUND') return `the host name ${host} is not found`;
  if (code !== 'EAI_AGAIN') return `the name ${host} cannot be looked up: ${message}`;
  if (ms < 1000) return `the DNS cannot answer for ${host} at the moment`;
  return `the DNS did not answer within ${(ms / 1000).toFixed(0)} s for ${host}`;
}

import { setTimeout as delay } from 'node:timers/promises';
import { exitCodes } from '../terminal/exit-code.ts';
import { Refusal } from '../terminal/refusal.ts';
import type { TemporalSession } from './temporal-session.ts';

/** A server that ends closes its connections first: waits this long for its exit. */
const END_MS = 2_000;

/**
 * Rejects with a clear message if the embedded Temporal ends during `work`, instead of with the connection error that
 * follows. @throws Refusal
 */
export async function rejectWhenTemporalStops<T>(
  { lost }: Pick<TemporalSession, 'lost'>,
  work: Promise<T>
): Promise<T> {
  const gone = lost.then((why): never => {
    throw new Refusal(`${why}; nothing is lost: start again`, exitCodes.unjudged);
  });
  gone.catch(() => undefined);
  const done = work.catch(async (error: unknown): Promise<never> => {
    if (!(error instanceof Refusal)) await Promise.race([gone, delay(END_MS, undefined, { ref: false })]);
    throw error;
  });
  done.catch(() => undefined); // it may reject after `gone` has won the race
  return Promise.race([done, gone]);
}

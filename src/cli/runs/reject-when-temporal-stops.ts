import { setTimeout as delay } from 'node:timers/promises';
import { exitCodes } from '../terminal/exit-code.ts';
import { Refusal } from '../terminal/refusal.ts';
import type { TemporalSession } from './temporal-session.ts';

/** A server that ends breaks its connections first. */
const END_MS = 2_000;

/**
 * What is asked of an embedded Temporal, unless that ends meanwhile: of the two errors that come then, only its end says
 * something. @throws Refusal
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
  done.catch(() => undefined); // of a Temporal that has ended
  return Promise.race([done, gone]);
}

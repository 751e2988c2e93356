import { Failure } from '../domain/failures/failure.ts';
import type { OutputReader } from './output-reader.ts';
import { startWorkingTime } from './working-time.ts';

const BUDGET_MS = 1_000;
/** A long output takes longer. */
const BUDGET_MS_PER_CHARACTER = 60 / 1_000_000;

type Reader = Omit<OutputReader, 'document'>;

/**
 * A reader with a time limit for all that is read of one output, since each expression has a time limit of its own, and there
 * may be many. Meanwhile the worker does nothing else.
 * @param length - of the output
 */
export function withinBudget({ match, limit, devices }: Reader, length: number, startClock = startWorkingTime): Reader {
  const budgetMs = BUDGET_MS + Math.round(length * BUDGET_MS_PER_CHARACTER);
  let leftMs = budgetMs;
  let isWithin = false;
  const spend = <Result>(work: () => Result): Result => {
    if (isWithin) return work(); // its time is that of the work around it
    if (leftMs <= 0) throw new Failure('UnreadableOutput', `reading the output takes longer than ${budgetMs} ms`);
    const spentMs = startClock();
    isWithin = true;
    try {
      return work();
    } finally {
      isWithin = false;
      leftMs -= spentMs();
    }
  };
  return {
    match: (pattern, text, which) => spend(() => match(pattern, text, which)),
    limit: (size, work) => spend(() => limit(size, work)),
    devices,
  };
}

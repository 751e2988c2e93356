import { matchRuns } from '../../domain/records/match-run.ts';
import { Refusal } from '../terminal/refusal.ts';
import { oneRun } from './stored-run.ts';
import { printableIds, type RunUnderWay } from './unfinished-runs.ts';

/**
 * The run under way that a word means, as in `matchRuns`; `last`: the one that started last.
 * @throws Refusal if there is none, or several
 */
export function runToCancel(word: string | undefined, running: readonly RunUnderWay[]): RunUnderWay {
  const [only, ...more] = running;
  if (only === undefined)
    throw new Refusal(word === undefined ? 'no run is running' : `${printableIds(word)} is not running`);
  if (word === undefined && more.length === 0) return only;
  const ids = printableIds(...running.map(({ run }) => run));
  if (word === undefined) throw new Refusal(`several runs are running; name one: ${ids}`);
  const found = matchRuns(word, running);
  const [first, ...others] = found;
  if (first === undefined) throw new Refusal(`${printableIds(word)} is not running; running: ${ids}`);
  return oneRun(word, others.length > 0 ? { candidates: found.map((each) => each.run) } : first);
}

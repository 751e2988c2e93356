import { shortList } from '../../domain/values/short-list.ts';
import { plural } from '../../reports/counts.ts';
import { ownCommand } from '../terminal/own-command.ts';
import { Refusal } from '../terminal/refusal.ts';
import { printableIds } from './unfinished-runs.ts';

const MAX_CANDIDATES_SHOWN = 5;

/** What the store has of the run that a word means. @throws Refusal if there is no such run, or several */
export function oneRun<Found extends object>(word: string, found: Found | { candidates: string[] }): Found {
  if (!('candidates' in found)) return found;
  const { candidates } = found;
  const list = ownCommand('runs');
  if (candidates.length === 0) throw new Refusal(`there is no run "${printableIds(word)}"; list them with ${list}`);
  const few = shortList(
    candidates.map((id) => printableIds(id)),
    MAX_CANDIDATES_SHOWN
  );
  throw new Refusal(`"${printableIds(word)}" could be ${plural(candidates.length, 'run')}: ${few}`);
}

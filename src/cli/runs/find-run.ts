import type { Client } from '@temporalio/client';
import { matchRuns, runsBack } from '../../domain/records/match-run.ts';
import { Refusal } from '../terminal/refusal.ts';
import { knownRun, type KnownRun } from './known-run.ts';
import { newestRun } from './newest-run.ts';
import { oneRun } from './stored-run.ts';
import { printableIds, runsUnderWay, type RunUnderWay } from './unfinished-runs.ts';

/**
 * The run that a word means, as in `matchRuns`, if Temporal knows it: by its exact id, by its schedule, also if it has ended or
 * was refused, or by a part of its id if it is under way. Else null.
 * @param word - undefined: the run under way; without one, the run that started last
 * @throws Refusal if several runs are under way and the word does not say which
 */
export async function findRun(client: Client, word: string | undefined): Promise<KnownRun | null> {
  if (word !== undefined && runsBack(word) !== null) return null; // a run in the results store
  const running = await runsUnderWay(client);
  if (word === undefined) return running.length === 0 ? newestRun(client, null) : underWay(client, onlyOne(running));
  const found = matchRuns(word, running);
  const [first] = found;
  const isExact = first !== undefined && (first.run === word || first.temporalRunId === word);
  const known = isExact ? null : await knownRun(client, word);
  const ofSchedule = known ?? (isExact || first?.schedule === word ? null : await newestRun(client, word));
  if (ofSchedule !== null) return ofSchedule;
  if (first === undefined) return null;
  return underWay(client, oneRun(word, found.length > 1 ? { candidates: found.map(({ run }) => run) } : first));
}

function onlyOne(running: readonly RunUnderWay[]): RunUnderWay {
  const ids = running.map(({ run }) => run);
  if (ids.length > 1) throw new Refusal(`several runs are under way; name one: ${printableIds(...ids)}`);
  return running[0]!;
}

function underWay({ workflow }: Client, { run, temporalRunId, startedAt, hasEnded }: RunUnderWay): KnownRun {
  return { handle: workflow.getHandle(run), temporalRunId, startedAt, hasEnded };
}

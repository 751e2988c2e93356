import type { Client, WorkflowHandle } from '@temporalio/client';
import { matchRuns, runsBack } from '../../domain/records/match-run.ts';
import { Refusal } from '../terminal/refusal.ts';
import { isUnknownRun } from './end-of-run.ts';
import { oneRun } from './stored-run.ts';
import { printableIds, runsUnderWay } from './unfinished-runs.ts';

/** A run that Temporal knows. */
export interface KnownRun {
  handle: WorkflowHandle;
  temporalRunId: string;
  startedAt: Date;
  hasEnded: boolean;
}

/**
 * The run that a word means, as in `matchRuns`, if it is under way, or if the word is the exact id of a run that Temporal
 * knows; else null.
 * @param word - undefined: the run under way
 * @throws Refusal if several runs are under way and the word does not say which
 */
export async function findRun(client: Client, word: string | undefined): Promise<KnownRun | null> {
  if (word !== undefined && runsBack(word) !== null) return null; // a run that has ended
  const running = await runsUnderWay(client);
  const found = word === undefined ? running : matchRuns(word, running);
  const [first] = found;
  const isExact = first !== undefined && (first.run === word || first.temporalRunId === word);
  const known = word === undefined || isExact ? null : await knownRun(client, word);
  if (known !== null) return known;
  if (first === undefined) return null;
  const ids = found.map(({ run }) => run);
  if (word === undefined && ids.length > 1)
    throw new Refusal(`several runs are under way; name one: ${printableIds(...ids)}`);
  const handle = client.workflow.getHandle(first.run);
  const only = { ...first, handle };
  return oneRun(word ?? '', ids.length > 1 ? { candidates: ids } : only);
}

/** The run of Temporal with this id; null: it knows none. */
export async function knownRun(client: Client, workflowId: string): Promise<KnownRun | null> {
  const handle = client.workflow.getHandle(workflowId);
  const found = await handle.describe().catch((error: unknown) => {
    if (isUnknownRun(error)) return null;
    throw error;
  });
  if (found === null || !['benchmarkFleet', 'benchmarkServer'].includes(found.type)) return null;
  const { runId: temporalRunId, startTime: startedAt, closeTime } = found;
  return { handle, temporalRunId, startedAt, hasEnded: closeTime !== undefined };
}

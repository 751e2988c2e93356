import { activityInfo, cancellationSignal } from '@temporalio/activity';
import { firstOf } from '../waiting/first-of.ts';
import { stateOf } from './workflow-state.ts';

const ANSWER_LIMIT_MS = 5_000;
const RETRY_MS = 1_000;

/** Of gRPC, without an answer of Temporal: cancelled, unknown (a broken connection), deadline exceeded, unavailable. */
const AWAY_CODES: readonly unknown[] = [1, 2, 4, 14];

/**
 * Waits while Temporal is away, until this activity is cancelled or its time is up. For work that must not be repeated,
 * before it returns: the SDK gives up after 10 s to tell Temporal how an activity has ended, and then Temporal believes that
 * its worker was lost. Heartbeats must go on meanwhile.
 */
export async function untilTemporalAnswers(): Promise<void> {
  const { workflowExecution } = activityInfo();
  const signal = cancellationSignal();
  if (workflowExecution === undefined) return;
  const answers = (): Promise<boolean> =>
    stateOf(workflowExecution).then(
      () => true,
      (error: unknown) => !isAway(error)
    );
  while (!signal.aborted && (await firstOf([answers()], { ms: ANSWER_LIMIT_MS, signal })) !== true)
    await firstOf([], { ms: RETRY_MS, signal });
}

function isAway(error: unknown): boolean {
  const { cause, code } = error as { cause?: { code?: unknown }; code?: unknown };
  return AWAY_CODES.includes(code ?? cause?.code);
}

import type { ScheduleDescription, ScheduleHandle } from '@temporalio/client';
import { setTimeout as delay } from 'node:timers/promises';
import { exitCodes } from '../terminal/exit-code.ts';
import { ownCommand } from '../terminal/own-command.ts';
import { Refusal } from '../terminal/refusal.ts';
import { printableIds } from '../runs/unfinished-runs.ts';
import { shownName } from './schedule-names.ts';

const POLL_MS = 100;
const TIMEOUT_MS = 15_000;

/**
 * Starts a run of a schedule now, unless an earlier one has not ended. Resolves to its workflow.
 * @param before - the schedule before the call
 * @throws Refusal if no run was started
 */
export async function triggerSchedule(
  handle: ScheduleHandle,
  before: ScheduleDescription
): Promise<{ workflowId: string; firstExecutionRunId: string }> {
  const known = new Set(runsOf(before).map(({ firstExecutionRunId }) => firstExecutionRunId));
  await handle.trigger('SKIP');
  const end = performance.now() + TIMEOUT_MS;
  do {
    const now = await handle.describe();
    const started = runsOf(now).find(({ firstExecutionRunId }) => !known.has(firstExecutionRunId));
    if (started !== undefined) return started;
    if (now.info.numActionsSkippedOverlap > before.info.numActionsSkippedOverlap) throw overlapRefusal(now);
    await delay(POLL_MS);
  } while (performance.now() < end);
  const { scheduleId: name } = handle;
  throw new Refusal(
    `Temporal has not started a run of ${shownName(name)} within ${TIMEOUT_MS / 1000} s; it may still do so: ` +
      ownCommand('schedule', 'show', name),
    exitCodes.unjudged
  );
}

function runsOf({ info }: ScheduleDescription) {
  return info.recentActions.map(({ action }) => action.workflow);
}

function overlapRefusal({ scheduleId, info }: ScheduleDescription): Refusal {
  const running = printableIds(...info.runningActions.map(({ workflow }) => workflow.workflowId));
  const what = running === '' ? 'an earlier run of it had not ended' : `its run ${running} has not ended`;
  return new Refusal(`nothing was started: ${shownName(scheduleId)} skips a run while ${what}`);
}

import {
  WorkflowFailedError,
  type Client,
  type ScheduleDescription,
  type ScheduleExecutionResult,
  type WorkflowHandle,
} from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import { verdictOfRun } from '../../domain/reports/search-attributes.ts';
import { fields, isNumber, isShape, isText } from '../../domain/values/json-value.ts';
import { partsOfSize } from '../../domain/values/parts.ts';
import { verdicts, type VerdictCounts } from '../../domain/verdicts/verdict.ts';
import type { ListedSchedule, ScheduledRun } from '../../reports/listings/schedule-listing.ts';
import { messageOf } from '../runs/end-of-run.ts';
import { Refusal } from '../terminal/refusal.ts';
import { findSchedule } from './own-schedule.ts';
import { scheduleNames } from './schedule-names.ts';
import { timesText } from './times-text.ts';

/** How many are read at the same time. */
const MAX_AT_ONCE = 10;

/** All schedules that start runs, each with its last run. */
export async function listSchedules(client: Client): Promise<ListedSchedule[]> {
  const names = await scheduleNames(client);
  const schedules: (ListedSchedule | null)[] = [];
  for (const some of partsOfSize(names, MAX_AT_ONCE)) {
    schedules.push(...(await Promise.all(some.map((name) => readSchedule(client, name)))));
  }
  return schedules.filter((each) => each !== null);
}

/** Null: it was just deleted, and is still listed. */
async function readSchedule(client: Client, name: string): Promise<ListedSchedule | null> {
  try {
    return await listedSchedule(client, (await findSchedule(client, name)).description, 1);
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

/** @param maxRuns - how many of its last runs to read; Temporal remembers ten */
export async function listedSchedule(
  client: Client,
  { scheduleId, spec, policies, action, state, info }: ScheduleDescription,
  maxRuns = 10
): Promise<ListedSchedule> {
  const [input = null] = (action.args ?? []) as unknown[];
  const { note } = (input ?? {}) as { note?: unknown };
  const recent = [...info.recentActions].sort((a, b) => b.takenAt.getTime() - a.takenAt.getTime()).slice(0, maxRuns);
  return {
    name: scheduleId,
    times: timesText(spec),
    timezone: spec.timezone || 'UTC',
    jitterSeconds: (spec.jitter ?? 0) / 1000,
    catchUpSeconds: policies.catchupWindow / 1000,
    overlap: (policies.overlap ?? 'SKIP').toLowerCase(),
    paused: state.paused,
    pauseNote: state.paused ? state.note || null : null,
    note: isText(note) ? note : null,
    input,
    next: state.paused ? [] : info.nextActionTimes.map((time) => time.toISOString()),
    skippedByOverlap: info.numActionsSkippedOverlap,
    missed: info.numActionsMissedCatchupWindow,
    runs: await Promise.all(recent.map((each) => scheduledRun(client, each))),
  };
}

const isCounts = isShape<VerdictCounts>(fields(isNumber, ...verdicts));

async function scheduledRun(client: Client, { takenAt, action }: ScheduleExecutionResult): Promise<ScheduledRun> {
  const { workflowId: run, firstExecutionRunId: temporalRunId } = action.workflow;
  const key = { run, temporalRunId, startedAt: takenAt.toISOString() };
  const handle = client.workflow.getHandle(run, temporalRunId);
  try {
    const { status, memo } = await handle.describe();
    const found = memo?.['counts'];
    const counts = isCounts(found) ? found : null;
    const reason = status.name === 'FAILED' ? await failureOf(handle) : null;
    return { ...key, status: status.name.toLowerCase(), reason, verdict: counts && verdictOfRun(counts), counts };
  } catch (error) {
    // Its retention period has passed.
    if (error instanceof WorkflowNotFoundError)
      return { ...key, status: 'unknown', reason: null, verdict: null, counts: null };
    throw error;
  }
}

async function failureOf(handle: WorkflowHandle): Promise<string | null> {
  try {
    await handle.result();
    return null;
  } catch (error) {
    if (error instanceof WorkflowFailedError) return messageOf(error.cause);
    throw error;
  }
}

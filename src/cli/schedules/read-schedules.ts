import type { Client, ScheduleDescription, ScheduleExecutionResult } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import { verdictOfRun } from '../../domain/reports/search-attributes.ts';
import { fields, isNumber, isShape, isText } from '../../domain/values/json-value.ts';
import { verdicts, type VerdictCounts } from '../../domain/verdicts/verdict.ts';
import type { ListedSchedule, ScheduledRun } from '../../reports/listings/schedule-listing.ts';
import { Refusal } from '../terminal/refusal.ts';
import { findSchedule, scheduleNames } from './own-schedule.ts';
import { timesText } from './times-text.ts';

/** All schedules that start runs, each with its last run. */
export async function listSchedules(client: Client): Promise<ListedSchedule[]> {
  const schedules: ListedSchedule[] = [];
  for (const name of await scheduleNames(client)) {
    // One that was just deleted may still be listed.
    const found = await findSchedule(client, name).catch((error: unknown) => {
      if (error instanceof Refusal) return null;
      throw error;
    });
    if (found !== null) schedules.push(await listedSchedule(client, found.description, 1));
  }
  return schedules;
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
    runs: await Promise.all(recent.map((each) => scheduledRun(client, each))),
  };
}

const isCounts = isShape<VerdictCounts>(fields(isNumber, ...verdicts));

async function scheduledRun(client: Client, { takenAt, action }: ScheduleExecutionResult): Promise<ScheduledRun> {
  const { workflowId: run, firstExecutionRunId: temporalRunId } = action.workflow;
  const key = { run, temporalRunId, startedAt: takenAt.toISOString() };
  try {
    const { status, memo } = await client.workflow.getHandle(run, temporalRunId).describe();
    const found = memo?.['counts'];
    const counts = isCounts(found) ? found : null;
    return { ...key, status: status.name.toLowerCase(), verdict: counts && verdictOfRun(counts), counts };
  } catch (error) {
    // Its retention period has passed.
    if (error instanceof WorkflowNotFoundError) return { ...key, status: 'unknown', verdict: null, counts: null };
    throw error;
  }
}

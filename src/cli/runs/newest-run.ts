import { ScheduleNotFoundError, type Client, type WorkflowExecutionInfo } from '@temporalio/client';
import { isUnknownRun } from './end-of-run.ts';
import { knownRun, type KnownRun } from './known-run.ts';
import { ARE_WORKFLOWS_OF_RUNS, isCheck } from './unfinished-runs.ts';

/** The run that started last is searched among these: Temporal lists those under way first, then those that ended last. */
const MAX_LISTED = 200;

/**
 * The run of a schedule that started last, or with null the last of all runs. It may have been refused: the results store has
 * no such run. Checks do not count.
 */
export async function newestRun(client: Client, schedule: string | null): Promise<KnownRun | null> {
  const started = schedule === null ? null : await lastOfSchedule(client, schedule);
  return started ?? (await lastListed(client, schedule));
}

/** A schedule knows a run that it has just started, which Temporal lists up to a second later. Null: it is deleted, too. */
async function lastOfSchedule(client: Client, name: string): Promise<KnownRun | null> {
  const found = await client.schedule
    .getHandle(name)
    .describe()
    .catch((error: unknown) => {
      if (error instanceof ScheduleNotFoundError || isUnknownRun(error)) return null;
      throw error;
    });
  const actions = [...(found?.info.recentActions ?? [])].sort((a, b) => b.takenAt.getTime() - a.takenAt.getTime());
  return actions[0] === undefined ? null : knownRun(client, actions[0].action.workflow.workflowId);
}

async function lastListed({ workflow }: Client, schedule: string | null): Promise<KnownRun | null> {
  const conditions = [ARE_WORKFLOWS_OF_RUNS, 'ParentWorkflowId IS NULL'];
  if (schedule !== null) conditions.push(`TemporalScheduledById = '${schedule.replace(/['\\]/g, '\\$&')}'`);
  let last: WorkflowExecutionInfo | undefined;
  let listed = 0;
  for await (const each of workflow.list({ query: conditions.join(' AND '), pageSize: MAX_LISTED })) {
    if (!isCheck(each) && (last === undefined || each.startTime > last.startTime)) last = each;
    if ((listed += 1) === MAX_LISTED) break;
  }
  if (last === undefined) return null;
  const { workflowId, runId: temporalRunId, startTime: startedAt, closeTime } = last;
  const handle = workflow.getHandle(workflowId, temporalRunId);
  return { handle, temporalRunId, startedAt, hasEnded: closeTime !== undefined };
}

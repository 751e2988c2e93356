import { ScheduleAlreadyRunning, type Client, type ScheduleDescription } from '@temporalio/client';
import type { FleetInput } from '../../domain/plans/plan.ts';
import { printable } from '../../domain/values/untrusted.ts';
import { TASK_QUEUE } from '../../worker/create-worker.ts';
import { ownCommand } from '../terminal/own-command.ts';
import { Refusal } from '../terminal/refusal.ts';
import { SCHEDULED_WORKFLOW, shownName } from './schedule-names.ts';

export interface NewSchedule {
  name: string;
  cron: string;
  timezone: string;
  jitterMs: number;
  catchUpMs: number;
  input: FleetInput;
}

/** @throws Refusal if the name is in use, Temporal does not accept the times, or it would never fire */
export async function createSchedule(client: Client, schedule: NewSchedule): Promise<ScheduleDescription> {
  const { name, cron, timezone, jitterMs, catchUpMs, input } = schedule;
  const creating = client.schedule.create({
    scheduleId: name,
    spec: { cronExpressions: [cron], timezone, jitter: jitterMs },
    policies: { overlap: 'SKIP', catchupWindow: catchUpMs },
    action: {
      type: 'startWorkflow',
      workflowType: SCHEDULED_WORKFLOW,
      taskQueue: TASK_QUEUE,
      // Temporal appends the time: fleet-nightly-2026-11-24T02:00:00Z
      workflowId: `fleet-${name}`,
      args: [input],
      staticSummary: input.note ?? name,
    },
  });
  const handle = await creating.catch((error: unknown) => {
    throw refusalOf(error, schedule);
  });
  const description = await handle.describe();
  if (description.info.nextActionTimes.length > 0) return description;
  await handle.delete();
  throw new Refusal(`--cron '${cron}' never matches: there is no such day. Nothing was created.`);
}

function refusalOf(error: unknown, { name, cron, timezone }: NewSchedule): unknown {
  if (error instanceof ScheduleAlreadyRunning) {
    const remove = ownCommand('schedule', 'delete', name);
    return new Refusal(
      `there is already a schedule ${shownName(name)}: choose another name, or delete that one first: ${remove}`
    );
  }
  // The SDK throws this for an invalid cron text or time zone.
  if (!(error instanceof TypeError)) return error;
  const why = printable(error.message, 300);
  if (/time ?zone/i.test(why)) return new Refusal(`--timezone ${timezone} is unknown to the Temporal server: ${why}`);
  const example = "minute, hour, day of the month, month, day of the week, for example '0 2 * * *'";
  return new Refusal(`--cron '${printable(cron, 200)}' is invalid: ${why}. Write ${example}`);
}

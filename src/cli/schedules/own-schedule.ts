import { ScheduleNotFoundError, type Client, type ScheduleDescription, type ScheduleHandle } from '@temporalio/client';
import { didYouMean } from '../../source/nearest-word.ts';
import { printable } from '../../domain/values/untrusted.ts';
import { ownCommand } from '../terminal/own-command.ts';
import { Refusal } from '../terminal/refusal.ts';

/** The workflow that schedules of fleetmark start. */
export const SCHEDULED_WORKFLOW = 'benchmarkFleet';

interface OwnSchedule {
  handle: ScheduleHandle;
  description: ScheduleDescription;
}

/** The schedule with this name. @throws Refusal if there is none, or it starts another workflow */
export async function findSchedule(client: Client, name: string): Promise<OwnSchedule> {
  const handle = client.schedule.getHandle(name);
  const description = await handle.describe().catch(async (error: unknown) => {
    if (error instanceof ScheduleNotFoundError) throw await unknownRefusal(client, name);
    throw error;
  });
  const { workflowType } = description.action;
  if (workflowType === SCHEDULED_WORKFLOW) return { handle, description };
  const what = `the schedule ${shownName(name)} starts ${printable(workflowType, 100)}, not ${SCHEDULED_WORKFLOW}`;
  throw new Refusal(`${what}: use ${ownCommand('temporal', 'schedule')} for it`);
}

/** Names of the schedules that start runs, in alphabetical order. A new one may be missing for a second. */
export async function scheduleNames(client: Client): Promise<string[]> {
  const names: string[] = [];
  for await (const { scheduleId, action } of client.schedule.list()) {
    if (action?.workflowType === SCHEDULED_WORKFLOW) names.push(scheduleId);
  }
  return names.sort();
}

/** A name, safe to print: with the Temporal CLI it can contain any character. */
export function shownName(name: string): string {
  return printable(name, 120);
}

async function unknownRefusal(client: Client, name: string): Promise<Refusal> {
  const names = await scheduleNames(client);
  const hint = didYouMean(name, names) || (names.length === 0 ? '; there are none' : '');
  return new Refusal(`there is no schedule "${shownName(name)}"${hint}\nList them: ${ownCommand('schedule', 'list')}`);
}

import { ScheduleNotFoundError, type Client, type ScheduleDescription, type ScheduleHandle } from '@temporalio/client';
import { didYouMean } from '../../source/nearest-word.ts';
import { printable } from '../../domain/values/untrusted.ts';
import { ownCommand } from '../terminal/own-command.ts';
import { Refusal } from '../terminal/refusal.ts';
import { SCHEDULED_WORKFLOW, scheduleNames, shownName } from './schedule-names.ts';

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

async function unknownRefusal(client: Client, name: string): Promise<Refusal> {
  const names = await scheduleNames(client);
  const hint = didYouMean(name, names) || (names.length === 0 ? '; there are none' : '');
  return new Refusal(`there is no schedule "${shownName(name)}"${hint}\nList them: ${ownCommand('schedule', 'list')}`);
}

import type { Client } from '@temporalio/client';
import { printable } from '../../domain/values/untrusted.ts';

/** The workflow that schedules of fleetmark start. */
export const SCHEDULED_WORKFLOW = 'benchmarkFleet';

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

import { scheduleListingText, scheduleText, type ListedSchedule } from '../../reports/listings/schedule-listing.ts';
import type { Style } from '../../reports/style.ts';
import { commandWith } from '../options/configuration-options.ts';
import { runInput, type RunInputOptions } from '../options/run-input.ts';
import { printDetachedRun } from '../runs/run-fleet.ts';
import { printableIds } from '../runs/unfinished-runs.ts';
import { hasWorker, noWorkerText } from '../runs/wait-for-worker.ts';
import { checkScheduledInput } from '../schedules/check-scheduled-input.ts';
import { createSchedule } from '../schedules/create-schedule.ts';
import { openRunningTemporal, type RunningTemporal } from '../schedules/open-running-temporal.ts';
import { findSchedule } from '../schedules/own-schedule.ts';
import { listedSchedule, listSchedules } from '../schedules/read-schedules.ts';
import { shownName } from '../schedules/schedule-names.ts';
import { triggerSchedule } from '../schedules/trigger-schedule.ts';
import { exitCodes } from '../terminal/exit-code.ts';
import { ownCommand } from '../terminal/own-command.ts';
import { messagePrinter, printResult, widthOf, type JsonOption, type Terminal } from '../terminal/terminal.ts';

export interface CreateOptions extends RunInputOptions {
  cron: string;
  timezone: string;
  /** Milliseconds. */
  jitter: number;
  catchUp: number;
}

/** Creates a schedule. The selection is checked first, so that not every night fails. */
export async function create(name: string, options: CreateOptions, terminal: Terminal): Promise<number> {
  const say = messagePrinter(terminal);
  const { cron, timezone, jitter: jitterMs, catchUp: catchUpMs } = options;
  const input = runInput(options);
  return withTemporal(terminal, async (temporal) => {
    const { client } = temporal.session;
    const load = await checkScheduledInput(input, options, temporal, terminal);
    const description = await createSchedule(client, { name, cron, timezone, jitterMs, catchUpMs, input });
    if (load !== null) say(`Each run: ${load}.`);
    say('No run starts while an earlier one of this schedule goes on: that time is skipped.');
    if (temporal.isEmbedded) say(embeddedText(options));
    printSchedule(await listedSchedule(client, description), options, terminal);
  });
}

export async function list(options: JsonOption, terminal: Terminal): Promise<number> {
  return withTemporal(terminal, async ({ session: { client } }) => {
    const schedules = await listSchedules(client);
    const toText = (style: Style) => scheduleListingText(schedules, style, widthOf(terminal.stdout));
    printResult({ schemaVersion: 1, schedules }, toText, options, terminal);
  });
}

export async function show(name: string, options: JsonOption, terminal: Terminal): Promise<number> {
  return withTemporal(terminal, async ({ session: { client } }) => {
    const { description } = await findSchedule(client, name);
    printSchedule(await listedSchedule(client, description), options, terminal);
  });
}

/** Pauses a schedule. A run that goes on is not ended. */
export async function pause(
  name: string,
  options: JsonOption & { note?: string | undefined },
  terminal: Terminal
): Promise<number> {
  return withTemporal(terminal, async ({ session: { client } }) => {
    const { handle, description } = await findSchedule(client, name);
    await handle.pause(options.note ?? 'with fleetmark');
    for (const line of runningText(description)) messagePrinter(terminal)(line);
    printSchedule(await listedSchedule(client, await handle.describe()), options, terminal);
  });
}

export async function resume(name: string, options: JsonOption, terminal: Terminal): Promise<number> {
  return withTemporal(terminal, async ({ session: { client } }) => {
    const { handle } = await findSchedule(client, name);
    await handle.unpause('resumed with fleetmark');
    printSchedule(await listedSchedule(client, await handle.describe()), options, terminal);
  });
}

/** Starts a run of a schedule now, also if it is paused, and prints its id. */
export async function trigger(name: string, options: JsonOption, terminal: Terminal): Promise<number> {
  return withTemporal(terminal, async ({ session: { client, address } }) => {
    const { handle, description } = await findSchedule(client, name);
    const { workflowId, firstExecutionRunId } = await triggerSchedule(handle, description);
    if (!(await hasWorker(client))) messagePrinter(terminal)(`The run waits: ${noWorkerText(address)}`);
    if (!options.json) printDetachedRun({ workflowId }, terminal);
    else {
      const started = { schemaVersion: 1, name, run: workflowId, temporalRunId: firstExecutionRunId };
      printResult(started, () => '', options, terminal);
    }
  });
}

/** Deletes a schedule. Its runs stay, and one that goes on is not ended. */
export async function remove(name: string, options: JsonOption, terminal: Terminal): Promise<number> {
  return withTemporal(terminal, async ({ session: { client } }) => {
    const { handle, description } = await findSchedule(client, name);
    await handle.delete();
    for (const line of runningText(description)) messagePrinter(terminal)(line);
    printResult({ schemaVersion: 1, name, deleted: true }, () => `deleted ${shownName(name)}\n`, options, terminal);
  });
}

async function withTemporal(terminal: Terminal, action: (temporal: RunningTemporal) => Promise<void>): Promise<number> {
  const temporal = await openRunningTemporal(terminal);
  try {
    await action(temporal);
    return exitCodes.passed;
  } finally {
    await temporal.session.close();
  }
}

function embeddedText(options: CreateOptions): string {
  const up = `\`${commandWith(options, ['up'])}\``;
  return `This Temporal belongs to fleetmark on this machine: the schedule fires only while ${up} runs.`;
}

function runningText({ info }: { info: { runningActions: { workflow: { workflowId: string } }[] } }): string[] {
  const ids = info.runningActions.map(({ workflow }) => workflow.workflowId);
  return ids.map((id) => `Its run ${printableIds(id)} goes on; cancel it: ${ownCommand('cancel', id)}`);
}

function printSchedule(schedule: ListedSchedule, options: JsonOption, terminal: Terminal): void {
  printResult(
    { schemaVersion: 1, ...schedule },
    (style) => scheduleText(schedule, style, widthOf(terminal.stdout)),
    options,
    terminal
  );
}

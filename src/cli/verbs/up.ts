import { findConfiguration } from '../../config/find-configuration.ts';
import { configurationReader } from '../../worker/configuration.ts';
import { openMetrics } from '../monitoring/metrics-endpoint.ts';
import { commandWith } from '../options/configuration-options.ts';
import { exitCodes } from '../terminal/exit-code.ts';
import { onInterrupt, unlessInterrupted } from '../terminal/interrupts.ts';
import { ownCommand } from '../terminal/own-command.ts';
import { Refusal } from '../terminal/refusal.ts';
import type { TemporalSession } from '../runs/temporal-session.ts';
import { messagePrinter, type Terminal } from '../terminal/terminal.ts';
import type { WorkerOptions } from './worker.ts';
import { keepSessionOpen } from '../runs/keep-session-open.ts';
import { printableIds, unfinishedRuns } from '../runs/unfinished-runs.ts';
import { scheduleNames, shownName } from '../schedules/schedule-names.ts';
import { rejectWhenTemporalStops } from '../runs/reject-when-temporal-stops.ts';

/** Runs Temporal, its Web UI and a worker until Ctrl-C. Unfinished runs of an earlier process are resumed. */
export async function up(options: WorkerOptions, terminal: Terminal): Promise<number> {
  const { env, stdin } = terminal;
  const say = messagePrinter(terminal);
  const configuration = await findConfiguration(options, env, stdin);
  await configurationReader(configuration, say)();
  const metrics = await openMetrics(options, env);
  const interrupts = onInterrupt(() => say('Ending. Press Ctrl-C again to leave at once.'));
  let session: TemporalSession | undefined;
  try {
    const { openEmbedded } = await import('../runs/open-temporal.ts'); // loads the SDK
    const opened = await unlessInterrupted(interrupts, openEmbedded({ configuration, terminal, metrics }));
    if (opened === null) return exitCodes.passed;
    session = opened;
    if (!session.own) {
      const what = `another fleetmark already runs the Temporal at ${session.address}`;
      throw new Refusal(`${what}: use that one, or stop it before you start \`up\``);
    }
    const unfinished = await rejectWhenTemporalStops(session, unfinishedRuns(session.client));
    session.refuseOtherConfiguration(unfinished);
    if (interrupts.signal.aborted) return exitCodes.passed;
    if (unfinished.length > 0) say(`Resuming ${printableIds(...unfinished)}`);
    await rejectWhenTemporalStops(session, session.startWorker());
    const schedules = await rejectWhenTemporalStops(session, scheduleNames(session.client));
    if (schedules.length > 0)
      say(`Schedules (\`${ownCommand('schedule', 'list')}\`): ${schedules.map(shownName).join(', ')}`);
    if (metrics !== null) say(`Metrics at ${metrics.url}/metrics`);
    say(`Up. Start a run with \`${commandWith(options, ['run'])}\`; stop everything with Ctrl-C.`);
    return await keepSessionOpen(session, { interrupts, again: commandWith(options, ['up']), say });
  } finally {
    await session?.close();
    await metrics?.close();
    interrupts.stop();
  }
}

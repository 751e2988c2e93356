import type { Configuration } from '../../domain/plans/configuration.ts';
import { reportWithoutRun, RETRIED, retryInput, serversToRetry } from '../../domain/records/retry.ts';
import { shortList } from '../../domain/values/short-list.ts';
import type { Verdict } from '../../domain/verdicts/verdict.ts';
import { plural, verdictText } from '../../reports/counts.ts';
import { runningServer } from '../../temporal/server-lock.ts';
import { stateFolder } from '../../temporal/state-folder.ts';
import { configurationReader } from '../../worker/configuration.ts';
import type { ConfigurationOptions } from '../options/configuration-options.ts';
import type { ExportOptions } from '../options/export-options.ts';
import { attachTemporal } from '../runs/attach-temporal.ts';
import { configurationOfRun, nameConfiguration } from '../runs/configuration-of-run.ts';
import { loadOf } from '../runs/describe-load.ts';
import { detachRefusal } from '../runs/detach-refusal.ts';
import { endWithoutRun } from '../runs/end-without-run.ts';
import { refuseUnwritableExports } from '../runs/exports.ts';
import { knownRun } from '../runs/known-run.ts';
import { newerRun } from '../runs/newer-run.ts';
import { newerText } from '../runs/newer-text.ts';
import { runFleet } from '../runs/run-fleet.ts';
import { runIdAt } from '../runs/start-run.ts';
import { storedReport, type FoundReport } from '../runs/stored-report.ts';
import { printableIds, shownRun } from '../runs/unfinished-runs.ts';
import { findTemporalSettings } from '../temporal/find-temporal-settings.ts';
import { confirm } from '../terminal/confirm.ts';
import { exitCodes } from '../terminal/exit-code.ts';
import { ownCommand } from '../terminal/own-command.ts';
import { Refusal } from '../terminal/refusal.ts';
import { messagePrinter, problemPrinter, type JsonOption, type Terminal } from '../terminal/terminal.ts';

export interface RetryOptions extends ConfigurationOptions, JsonOption, ExportOptions {
  only?: Verdict[] | undefined;
  note?: string | undefined;
  detach?: true | undefined;
  yes?: true | undefined;
}

const MAX_NAMED = 10;

/** Starts a run of the servers of an earlier run that did not pass, as that one measured them. */
export async function retry(run: string | undefined, options: RetryOptions, terminal: Terminal): Promise<number> {
  await refuseUnwritableExports(options, terminal);
  const isHere = (await findTemporalSettings(terminal)) === null;
  if (options.detach && isHere && (await runningServer(stateFolder(terminal.env))) === null) throw detachRefusal();
  const say = messagePrinter(terminal);
  const word = run ?? 'last';
  const earlier = await storedReport(word, options, terminal);
  await refuseUnderWay(earlier, terminal);
  await refuseOlder(earlier, word, terminal);
  const { report } = earlier;
  const only = options.only ?? RETRIED;
  const chosen = serversToRetry(report, only);
  const now = new Date();
  const about = { run: runIdAt(now), startedAt: now.toISOString(), note: options.note };
  const withoutRun = (gone: readonly string[]): Promise<number> =>
    endWithoutRun(reportWithoutRun(report, gone, about), options, terminal);
  if (chosen.length === 0) {
    say(
      `Nothing to retry: no server of ${printableIds(report.run)} has the verdict ${only.map(verdictText).join(', ')}.`
    );
    return withoutRun([]);
  }
  const configuration = await configurationOfRun(options, terminal);
  // A remote worker uses its own configuration, and refuses unknown servers itself.
  const local = isHere ? await configurationReader(configuration, say)() : null;
  if (isHere) await nameConfiguration(configuration, ['retry', report.run], terminal);
  const serverIds = local === null ? chosen : stillConfigured(chosen, local, problemPrinter(terminal));
  if (serverIds.length === 0) return withoutRun(chosen);
  const input = retryInput(report, serverIds, options.note);
  const load = local === null ? plural(serverIds.length, 'server') : loadOf(input, local);
  if (!options.yes) await confirm(`This will load ${load}. Continue?`, terminal);
  const exitCode = await runFleet(configuration, input, options, terminal);
  const leftOut = chosen.length - serverIds.length;
  if (exitCode !== exitCodes.passed || leftOut === 0 || options.detach) return exitCode;
  problemPrinter(terminal)(`The exit code is 3, because ${plural(leftOut, 'server')} could not be measured again.`);
  return exitCodes.unjudged;
}

/** A run of which nothing is known but its start can be under way, or have been ended from outside. */
async function refuseUnderWay({ report, hasEnded }: FoundReport, terminal: Terminal): Promise<void> {
  const session = hasEnded ? null : await attachTemporal(terminal);
  if (session === null) return;
  const known = await knownRun(session.client, report.run).finally(() => session.close());
  if (known === null || known.hasEnded || known.temporalRunId !== report.temporalRunId) return;
  const [wait, cancel] = [ownCommand('watch', report.run), ownCommand('cancel', report.run)];
  throw new Refusal(
    `${printableIds(report.run)} has not ended yet\nWait for its end: ${wait}\nOr cancel it: ${cancel}`
  );
}

/** "Nothing to retry" of an older run reads as if the newest one had passed. */
async function refuseOlder(earlier: FoundReport, word: string, terminal: Terminal): Promise<void> {
  const newer = await newerRun(earlier, word, terminal);
  if (newer === null) return;
  const older = ownCommand('retry', earlier.report.run);
  throw new Refusal(`${newerText(newer)}\nTo retry ${shownRun(earlier.report)}: ${older}`);
}

function stillConfigured(chosen: string[], { servers }: Configuration, say: (line: string) => void): string[] {
  const gone = chosen.filter((serverId) => !servers.has(serverId));
  const left = chosen.filter((serverId) => servers.has(serverId));
  const names = shortList(
    gone.map((serverId) => printableIds(serverId)),
    MAX_NAMED
  );
  if (gone.length > 0)
    say(`${left.length === 0 ? 'Nothing to retry' : 'Left out'}, no longer in the inventory: ${names}`);
  return left;
}

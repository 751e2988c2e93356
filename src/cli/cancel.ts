import { findConfiguration } from '../config/find-configuration.ts';
import { stateDirectory } from '../local/state-directory.ts';
import { notedConfiguration } from '../local/used-configuration.ts';
import { exitCodes } from './exit-code.ts';
import { printReport } from './print-report.ts';
import type { Terminal } from './program.ts';
import { Refusal } from './refusal.ts';
import { openTemporal } from './temporal-session.ts';
import { shownIds, unfinishedRuns } from './unfinished-runs.ts';
import { watchRun } from './watch-run.ts';

export interface CancelOptions {
  config?: string | undefined;
  json?: true | undefined;
}

/** Cancels a run and waits until its servers are free. Prints the partial report. */
export async function cancel(run: string | undefined, options: CancelOptions, terminal: Terminal): Promise<number> {
  const { env, stderr } = terminal;
  const say = (line: string): unknown => stderr.write(`${line}\n`);
  const stateDir = stateDirectory(env);
  // After a crash, only a worker that knows the servers of the run can free them.
  const configurationFile = options.config ?? (await notedConfiguration(stateDir)) ?? findConfiguration(undefined, env);
  const session = await openTemporal({ configurationFile, attachToAny: true, env, stateDir, say });
  try {
    const runs = await unfinishedRuns(session.client);
    if (run !== undefined && !runs.includes(run)) throw new Refusal(`${shownIds(run)} is not running${listed(runs)}`);
    if (run === undefined && runs.length !== 1)
      throw new Refusal(runs.length === 0 ? 'no run is running' : `name one of the runs${listed(runs)}`);
    const handle = session.client.workflow.getHandle(run ?? runs[0]!);
    await handle.cancel();
    await session.startWorker();
    say(`Cancelling ${shownIds(handle.workflowId)}`);
    const { report, interrupted } = await watchRun(Promise.resolve(handle), session, terminal, { isCancelled: true });
    printReport(report, options, terminal);
    return interrupted ?? exitCodes.passed;
  } finally {
    await session.close();
  }
}

function listed(runs: readonly string[]): string {
  return runs.length === 0 ? '' : `: ${shownIds(...runs)}`;
}

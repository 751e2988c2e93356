import type { Client, WorkflowHandle } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import type { FleetInput } from '../../domain/plans/plan.ts';
import { ownCommand } from '../terminal/own-command.ts';
import { Refusal } from '../terminal/refusal.ts';
import { startRun } from './start-run.ts';
import type { TemporalSession } from './temporal-session.ts';
import { printableIds, runsUnderWay, type RunUnderWay } from './unfinished-runs.ts';
import type { WorkerWait } from './wait-for-worker.ts';

/**
 * Starts a run. In a Temporal of our own, it is the only one.
 * @throws Refusal if an earlier run is not finished, or {@link startRun} refuses
 */
export async function beginRun(session: TemporalSession, input: FleetInput, wait: WorkerWait): Promise<WorkflowHandle> {
  const unfinished = session.own ? await unfinishedWithoutChecks(session, wait.say) : [];
  session.refuseOtherConfiguration(unfinished);
  const [only, ...more] = unfinished;
  if (more.length > 0) throw severalRefusal(unfinished);
  if (only !== undefined)
    throw new Refusal(
      `an earlier run is not finished: ${printableIds(only)}\n` +
        `Resume it: ${ownCommand('run', '--resume')}\nOr cancel it: ${ownCommand('cancel')}`
    );
  return startRun(session, input, wait);
}

/**
 * Lets the run go on that a crash has left unfinished.
 * @throws Refusal if there is none, or several
 */
export async function resumeRun(session: TemporalSession, say: (line: string) => void): Promise<WorkflowHandle> {
  const runs = await unfinishedWithoutChecks(session, say);
  session.refuseOtherConfiguration(runs);
  const [runId, ...more] = runs;
  if (runId === undefined)
    throw new Refusal(
      `there is no unfinished run to resume; the report of one that has ended: ${ownCommand('report')}`
    );
  if (more.length > 0) throw severalRefusal(runs);
  await session.startWorker();
  return session.client.workflow.getHandle(runId);
}

function severalRefusal(runs: readonly string[]): Refusal {
  const cancels = runs.map((run) => ownCommand('cancel', run)).join('\n');
  return new Refusal(`several runs are not finished: cancel all but the one to resume\n${cancels}`);
}

/** Unfinished runs, the oldest first. In a Temporal of our own, checks among them are of a process that was killed: ends them. */
async function unfinishedWithoutChecks(
  { own, client }: Pick<TemporalSession, 'own' | 'client'>,
  say: (line: string) => void
): Promise<string[]> {
  const runs = (await runsUnderWay(client)).reverse();
  for (const check of own ? runs.filter(({ isCheck }) => isCheck) : []) {
    await terminateWithServers(client, check);
    say(`Ended the check ${printableIds(check.run)}, which was left unfinished`);
  }
  return runs.filter(({ isCheck }) => !isCheck).map(({ run }) => run);
}

/**
 * A check has no job on a server, so nothing needs to be cleaned. A cancellation would take half a minute: it waits until
 * the activities of the killed worker have missed a heartbeat.
 */
async function terminateWithServers({ workflow }: Client, { run, temporalRunId }: RunUnderWay): Promise<void> {
  const handle = workflow.getHandle(run, temporalRunId);
  const { pendingChildren } = (await handle.describe()).raw;
  const reason = 'the check was interrupted';
  for (const each of [
    handle,
    ...(pendingChildren ?? []).map((child) => workflow.getHandle(child.workflowId!, child.runId!)),
  ])
    await each.terminate(reason).catch((error: unknown) => {
      if (!(error instanceof WorkflowNotFoundError)) throw error; // it has just ended
    });
}

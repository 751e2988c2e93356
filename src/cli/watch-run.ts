import type { WorkflowHandle } from '@temporalio/client';
import { TASK_QUEUE } from '../worker.ts';
import type { FleetReport } from '../domain/fleet-report.ts';
import { printable } from '../domain/untrusted.ts';
import { followRun } from './follow-run.ts';
import { onInterrupt } from './interrupts.ts';
import { noWorker, workerPolls } from './find-worker.ts';
import { ownCommand } from './own-command.ts';
import { createProgressView } from './progress-view.ts';
import { Refusal } from './refusal.ts';
import { noteRun } from './run-in-progress.ts';
import type { TemporalSession } from './temporal-session.ts';
import type { Terminal } from './terminal.ts';
import { shownIds } from './unfinished-runs.ts';

export interface Watched {
  report: FleetReport;
  /** The exit code of whoever was interrupted meanwhile, else null. */
  interrupted: number | null;
}

/** Says where a run can be looked at, and returns it. */
export function announce(
  handle: WorkflowHandle,
  { uiUrl }: TemporalSession,
  say: (line: string) => unknown
): WorkflowHandle {
  const { workflowId } = handle;
  const link = uiUrl === null ? '' : `: ${uiUrl}/namespaces/default/workflows/${encodeURIComponent(workflowId)}`;
  say(`Run ${shownIds(workflowId)}${link}`);
  return handle;
}

const OVERDUE_MS = 30_000;

/**
 * Shows a run from its start to its end. Ctrl-C cancels it and waits until its servers are free; the report is then a
 * partial one. Of a run that is being cancelled already, Ctrl-C leaves.
 * @throws Refusal as {@link followRun}, and with the exit code of a signal if that came before there was a report
 */
export async function watchRun(
  started: Promise<WorkflowHandle>,
  session: Pick<TemporalSession, 'client' | 'address' | 'lost'>,
  terminal: Terminal,
  { isCancelled = false, isCheck = false } = {}
): Promise<Watched> {
  const view = createProgressView(terminal);
  const noMoreRun = noteRun();
  let leave = (): void => undefined;
  const asked = new Promise<void>((resolve) => (leave = resolve));
  const interrupts = onInterrupt(() => {
    if (isCancelled) return leave();
    const what = isCheck ? 'Ending the check' : 'Stopping the load on the servers';
    view.say(`${what}. Press Ctrl-C again to leave at once.`);
    const cancelled = started.then(async (handle) => {
      await handle
        .cancel()
        .catch((error: unknown) => view.say(`The run could not be cancelled: ${printable(String(error), 500)}`));
    });
    cancelled.catch(() => undefined); // it did not start
  });
  let overdue: NodeJS.Timeout | undefined;
  try {
    const handle = await started;
    if (isCancelled) overdue = setTimeout(() => view.say(stuck(handle)), OVERDUE_MS);
    const followed = followRun(handle, {
      show: (progress) => view.show(progress),
      silent: async () => {
        if (await workerPolls(session.client, TASK_QUEUE, 0)) return false;
        view.say(noWorker(session));
        return true;
      },
      lost: session.lost,
    });
    followed.catch(() => undefined); // of one that was left
    const left = asked.then(() => {
      const id = shownIds(handle.workflowId);
      throw new Refusal(`${id} is being cancelled still; wait for its end: ${ownCommand('cancel', handle.workflowId)}`);
    });
    const { report } = await Promise.race([followed, left]);
    view.end(report);
    return { report, interrupted: interrupts.exitCode() };
  } catch (error) {
    const signal = interrupts.exitCode();
    if (signal !== null && error instanceof Refusal) throw new Refusal(error.message, signal, { cause: error });
    throw error;
  } finally {
    clearTimeout(overdue);
    noMoreRun();
    view.close();
    interrupts.stop();
  }
}

/** A run whose worker is gone, or has another version, never gets as far as to see that it is cancelled. */
function stuck({ workflowId }: WorkflowHandle): string {
  return (
    `${shownIds(workflowId)} has not ended yet. Ctrl-C leaves; if it never ends, give it up, and look yourself at what ` +
    `runs on its servers: ${ownCommand('temporal', 'workflow', 'terminate', '--workflow-id', workflowId)}`
  );
}

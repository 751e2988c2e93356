import type { WorkflowHandle } from '@temporalio/client';
import type { FleetReport } from '../domain/fleet-report.ts';
import { printable } from '../domain/untrusted.ts';
import { followRun } from './follow-run.ts';
import { onInterrupt } from './interrupts.ts';
import type { Terminal } from './program.ts';
import { noWorker } from './find-worker.ts';
import { createProgressView } from './progress-view.ts';
import { Refusal } from './refusal.ts';
import type { TemporalSession } from './temporal-session.ts';
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

/**
 * Shows a run from its start to its end. Ctrl-C cancels it and waits until its servers are free; the report is then a
 * partial one.
 * @throws Refusal as {@link followRun}, and with the exit code of a signal if that came before there was a report
 */
export async function watchRun(
  started: Promise<WorkflowHandle>,
  session: TemporalSession,
  terminal: Terminal
): Promise<Watched> {
  const view = createProgressView(terminal);
  const interrupts = onInterrupt(() => {
    view.say('Stopping the load on the servers. Press Ctrl-C again to leave at once.');
    const cancelled = started.then(async (handle) => {
      await handle
        .cancel()
        .catch((error: unknown) => view.say(`The run could not be cancelled: ${printable(String(error), 500)}`));
    });
    cancelled.catch(() => undefined); // it did not start
  });
  try {
    const handle = await started;
    const { report } = await followRun(handle, {
      show: (progress) => view.show(progress),
      silent: () => view.say(noWorker(session)),
      lost: session.lost,
    });
    view.end(report);
    return { report, interrupted: interrupts.exitCode() };
  } catch (error) {
    const signal = interrupts.exitCode();
    if (signal !== null && error instanceof Refusal) throw new Refusal(error.message, signal, { cause: error });
    throw error;
  } finally {
    view.close();
    interrupts.stop();
  }
}

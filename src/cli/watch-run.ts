import type { WorkflowHandle } from '@temporalio/client';
import type { FleetReport } from '../domain/fleet-report.ts';
import { followRun } from './follow-run.ts';
import { onInterrupt } from './interrupts.ts';
import type { Terminal } from './program.ts';
import { createProgressView } from './progress-view.ts';
import type { TemporalSession } from './temporal-session.ts';

export interface Watched {
  report: FleetReport;
  /** The exit code of whoever was interrupted meanwhile, else null. */
  interrupted: number | null;
}

/** Says where a run can be looked at. */
export function announce(
  { workflowId }: WorkflowHandle,
  { uiUrl }: TemporalSession,
  say: (line: string) => void
): void {
  const link = uiUrl === null ? '' : `: ${uiUrl}/namespaces/default/workflows/${workflowId}`;
  say(`Run ${workflowId}${link}`);
}

/**
 * Shows a run until its end. Ctrl-C cancels it and waits until its servers are free; the report is then a partial one.
 */
export async function watchRun(handle: WorkflowHandle, terminal: Terminal): Promise<Watched> {
  const view = createProgressView(terminal);
  const interrupts = onInterrupt(() => {
    view.say('Stopping the load on the servers. Press Ctrl-C again to leave at once.');
    handle.cancel().catch((error: unknown) => view.say(`The run could not be cancelled: ${String(error)}`));
  });
  try {
    const { report } = await followRun(handle, (progress) => view.show(progress));
    view.end(report);
    return { report, interrupted: interrupts.exitCode() };
  } finally {
    view.close();
    interrupts.stop();
  }
}

import type { WorkflowHandle } from '@temporalio/client';
import type { FleetReport } from '../domain/fleet-report.ts';
import { expectBlock } from '../reports/expect-block.ts';
import { jsonReport } from '../reports/json.ts';
import { textReport } from '../reports/text.ts';
import { exitCodeFor } from './exit-code.ts';
import { followRun } from './follow-run.ts';
import { onInterrupt } from './interrupts.ts';
import type { Terminal } from './program.ts';
import { createProgressView } from './progress-view.ts';
import { styleFor } from './style.ts';
import type { TemporalSession } from './temporal-session.ts';

export interface WatchOptions {
  json?: true | undefined;
  measureOnly?: true | undefined;
}

export interface Watched {
  report: FleetReport;
  exitCode: number;
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
 * Shows a run until its end and prints its report. Ctrl-C cancels it and waits until its servers are free; the report
 * is then a partial one.
 */
export async function watchRun(handle: WorkflowHandle, options: WatchOptions, terminal: Terminal): Promise<Watched> {
  const view = createProgressView(terminal);
  const interrupts = onInterrupt(() => {
    view.say('Stopping the load on the servers. Press Ctrl-C again to leave at once.');
    handle.cancel().catch((error: unknown) => view.say(`The run could not be cancelled: ${String(error)}`));
  });
  try {
    const { report } = await followRun(handle, (progress) => view.show(progress));
    view.end(report);
    terminal.stdout.write(
      options.json ? jsonReport(report) : textReport(report, styleFor(terminal.stdout)) + offer(report)
    );
    const exitCode = exitCodeFor(report, { measureOnly: options.measureOnly ?? false });
    return { report, exitCode: interrupts.exitCode() ?? exitCode };
  } finally {
    view.close();
    interrupts.stop();
  }
}

/** Who measured without expecting anything can start from what was measured. */
function offer(report: FleetReport): string {
  const block = expectBlock(report);
  return block === null ? '' : `\nTo hold servers to what these just showed, add to fleetmark.yaml:\n\n${block}`;
}

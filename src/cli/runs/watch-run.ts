import type { WorkflowHandle } from '@temporalio/client';
import type { FleetReport } from '../../domain/reports/fleet-report.ts';
import { followRun } from './follow-run.ts';
import { updateSnapshot, leaveRun, emptySnapshot } from './leave-run.ts';
import { ownCommand } from '../terminal/own-command.ts';
import { createProgressView } from '../terminal/progress-view.ts';
import type { ProgressView } from '../terminal/progress-view.ts';
import { Refusal } from '../terminal/refusal.ts';
import { monitorResponses } from './monitor-responses.ts';
import { markRunInProgress } from '../terminal/run-in-progress.ts';
import { stopOnSignal } from './stop-on-signal.ts';
import type { Stop } from './stop-on-signal.ts';
import type { TemporalSession } from './temporal-session.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { printableIds } from './unfinished-runs.ts';

export interface WatchResult {
  report: FleetReport;
  /** The exit code of whoever was interrupted meanwhile, else null. */
  interrupted: number | null;
}

type Session = Pick<TemporalSession, 'client' | 'address' | 'lost'>;

interface RunKind {
  /** It is being cancelled already. */
  isCancelled?: boolean;
  isCheck?: boolean;
}

/** Says where a run can be looked at, and returns it. */
export function printRunLink(
  handle: WorkflowHandle,
  { uiUrl }: TemporalSession,
  say: (line: string) => unknown
): WorkflowHandle {
  const { workflowId } = handle;
  const link = uiUrl === null ? '' : `: ${uiUrl}/namespaces/default/workflows/${encodeURIComponent(workflowId)}`;
  say(`Run ${printableIds(workflowId)}${link}`);
  return handle;
}

const OVERDUE_MS = 30_000;

/**
 * Shows a run from its start to its end. Ctrl-C cancels it and waits until its servers are free, or for 10 s; the report
 * is then a partial one. Of a run that is being cancelled already, Ctrl-C leaves.
 * @throws Refusal as {@link followRun}, and with the exit code of a signal if that came before there was a report
 */
export async function watchRun(
  started: Promise<WorkflowHandle>,
  session: Session,
  terminal: Terminal,
  kind: RunKind = {}
): Promise<WatchResult> {
  const view = createProgressView(terminal);
  const unmarkRun = markRunInProgress();
  const { isCancelled = false, isCheck = false } = kind;
  const what = isCheck ? 'Ending the check' : 'Stopping the load on the servers';
  const stop = stopOnSignal(started, { client: session.client, isCancelled, what, say: view.say });
  let overdue: NodeJS.Timeout | undefined;
  try {
    const handle = await Promise.race([started, stop.leave]);
    if (handle === 'leave') throw new Refusal('the run was left before Temporal said whether it has started');
    if (isCancelled) overdue = setTimeout(() => view.say(stuckText(handle)), OVERDUE_MS);
    const report = await waitForEndOrLeave(handle, session, { view, stop, ...kind });
    return { report, interrupted: stop.exitCode() };
  } catch (error) {
    const signal = stop.exitCode();
    if (signal !== null && error instanceof Refusal) throw new Refusal(error.message, signal, { cause: error });
    throw error;
  } finally {
    clearTimeout(overdue);
    unmarkRun();
    view.close();
    stop.end();
  }
}

async function waitForEndOrLeave(
  handle: WorkflowHandle,
  { client, address, lost }: Session,
  { view, stop, isCancelled = false, isCheck = false }: RunKind & { view: ProgressView; stop: Stop }
): Promise<FleetReport> {
  const snapshot = emptySnapshot();
  const silence = monitorResponses(client, address, view.say);
  try {
    const followed = followRun(handle, {
      show(progress) {
        updateSnapshot(snapshot, progress);
        view.show(progress);
      },
      answered: silence.answered,
      lost,
    });
    followed.catch(() => undefined); // of one that was left
    const end = await Promise.race([followed, stop.leave]);
    if (end !== 'leave') {
      view.end(end.report);
      return end.report;
    }
    const id = printableIds(handle.workflowId);
    if (isCancelled) {
      const wait = ownCommand('cancel', handle.workflowId);
      throw new Refusal(`${id} is being cancelled still; wait for its end: ${wait}`);
    }
    const leaveOptions = {
      client,
      handle,
      snapshot,
      isCheck,
      cancelError: stop.cancelError(),
      missing: silence.missing(),
    };
    const { report, lines } = await leaveRun(leaveOptions);
    if (report === null) throw new Refusal(lines.join('\n'));
    for (const line of lines) view.say(line);
    return report;
  } finally {
    silence.stop();
  }
}

/** A run whose worker is gone, or has another version, never gets as far as to see that it is cancelled. */
function stuckText({ workflowId }: WorkflowHandle): string {
  return (
    `${printableIds(workflowId)} has not ended yet. Ctrl-C leaves; if it never ends, give it up, and look yourself at what ` +
    `runs on its servers: ${ownCommand('temporal', 'workflow', 'terminate', '--workflow-id', workflowId)}`
  );
}
